-- A refresh token tells which one it is of its sign-in's, signed with the pool's secret: each that was
-- replaced is known as such, not the last one alone. Tokens of the form before are nobody's any more.
alter table pool_sessions add column generation integer not null default 0;
alter table pool_sessions drop column token_hash;
alter table pool_sessions drop column previous_hash;

-- When the sign-in's access tokens end, where that isn't within an hour: those of `cruddur token`.
alter table pool_sessions add column tokens_until text check (length(tokens_until) = 32);

-- The hash of the password that was shown: a challenge is good while that is the user's.
alter table pool_challenges add column password_hash text;
