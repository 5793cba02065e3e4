-- The users of Cruddur. The same text runs on SQLite and on PostgreSQL, so:
--  * a uuid is text in its 36-character lower-case form;
--  * a time is text as base/timestamp.h writes it (UTC, six digits, "+00:00"): byte order is time order;
--  * handles and emails are ASCII, so that lower() means the same in both, whatever the locale.
create table users (
  uuid text not null primary key
    check (uuid like '________-____-____-____-____________'
           and length(replace(uuid, '-', '')) = 32
           and ltrim(uuid, '0123456789abcdef-') = ''),
  display_name text not null
    check (length(display_name) between 1 and 100),
  handle text not null
    check (length(handle) between 1 and 64
           and ltrim(handle, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-') = ''),
  email text not null
    check (length(email) between 3 and 254
           and email like '_%@_%'
           and ltrim(email, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&''*+-/=?^_`{|}~.@[]:') = ''),
  cognito_user_id text not null
    check (length(cognito_user_id) between 1 and 128),
  created_at text not null
    check (length(created_at) = 32
           and created_at like '____-__-__T__:__:__.______+00:00'
           and substr(created_at, 11, 1) = 'T')
);

create unique index users_handle on users (lower(handle));
create unique index users_email on users (lower(email));
create unique index users_cognito_user_id on users (cognito_user_id);
