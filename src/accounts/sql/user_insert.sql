-- No row comes back if the uuid, the handle, the email or the Cognito id is taken.
insert into users (uuid, display_name, handle, email, cognito_user_id, created_at)
values ($1, $2, $3, $4, $5, $6)
on conflict do nothing
returning uuid
