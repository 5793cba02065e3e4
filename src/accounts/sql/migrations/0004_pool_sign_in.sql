-- What the built-in user pool needs to sign users up and in. Nothing here is a password or a code:
-- they are kept as hashes only.
alter table pool_users add column name text check (length(name) between 1 and 100);
alter table pool_users add column password_hash text;
alter table pool_users add column srp_salt text;
alter table pool_users add column srp_verifier text;

-- An address belongs to who has shown that mail to it arrives there; before that anybody may name it.
drop index pool_users_email;
create index pool_users_email on pool_users (lower(email));
create unique index pool_users_verified_email on pool_users (lower(email)) where email_verified = 1;

-- The code that was sent last: of a sign-up ('sign_up') or of a forgotten password ('password').
create table pool_codes (
  sub text not null references pool_users (sub) on delete cascade,
  purpose text not null check (purpose in ('sign_up', 'password')),
  code_hash text not null,
  used integer not null default 0 check (used in (0, 1)),
  expires_at text not null check (length(expires_at) = 32),
  primary key (sub, purpose)
);

-- A sign-in and what goes back to it: the id is its tokens' origin_jti.
create table pool_sessions (
  id text not null primary key check (length(id) = 36),
  sub text not null references pool_users (sub) on delete cascade,
  client_id text not null,
  token_hash text not null,
  previous_hash text,
  signed_in_at text not null check (length(signed_in_at) = 32),
  rotated_at text not null check (length(rotated_at) = 32),
  revoked_at text check (length(revoked_at) = 32),
  expires_at text not null check (length(expires_at) = 32)
);

create index pool_sessions_sub on pool_sessions (sub);
create index pool_sessions_expires_at on pool_sessions (expires_at);
create index pool_sessions_revoked_at on pool_sessions (revoked_at);

-- A sign-in that waits for the user's next answer. A sub of nobody stands for an unknown user.
create table pool_challenges (
  id text not null primary key,
  kind text not null check (kind in ('PASSWORD_VERIFIER', 'NEW_PASSWORD_REQUIRED')),
  sub text not null,
  name text not null,
  public_a text not null,
  private_b text not null,
  public_b text not null,
  expires_at text not null check (length(expires_at) = 32)
);

create index pool_challenges_expires_at on pool_challenges (expires_at);

-- Attempts by what they were made on: a hash of a purpose and a name, whether or not there is such a
-- user.
create table pool_attempts (
  subject text not null primary key check (length(subject) = 64),
  attempts integer not null,
  blocked_until text not null check (length(blocked_until) = 32),
  updated_at text not null check (length(updated_at) = 32)
);

create index pool_attempts_updated_at on pool_attempts (updated_at);
