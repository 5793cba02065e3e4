-- Wrong guesses use a code up.
alter table pool_codes add column failures integer not null default 0;

-- Sign-ups that nobody confirms are found by their age.
create index pool_users_unconfirmed on pool_users (created_at) where status = 'UNCONFIRMED';
