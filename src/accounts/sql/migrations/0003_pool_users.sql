-- The users of the built-in user pool, as Amazon Cognito keeps them: who may sign in. Apart from
-- `users`, because with a real pool there are none here.
create table pool_users (
  sub text not null primary key
    check (length(sub) between 1 and 128),
  username text not null
    check (length(username) between 1 and 128),
  preferred_username text
    check (length(preferred_username) between 1 and 128),
  email text not null
    check (length(email) between 3 and 254),
  email_verified integer not null default 0 check (email_verified in (0, 1)),
  enabled integer not null default 1 check (enabled in (0, 1)),
  status text not null
    check (status in ('UNCONFIRMED', 'CONFIRMED', 'RESET_REQUIRED', 'FORCE_CHANGE_PASSWORD')),
  created_at text not null check (length(created_at) = 32),
  updated_at text not null check (length(updated_at) = 32)
);

create unique index pool_users_username on pool_users (lower(username));
create unique index pool_users_preferred_username on pool_users (lower(preferred_username));
create unique index pool_users_email on pool_users (lower(email));
