-- A placeholder until the user's new id is written: two users may have changed theirs with one another.
update users
set cognito_user_id = 'pending:' || uuid
where lower(handle) = lower($1)
