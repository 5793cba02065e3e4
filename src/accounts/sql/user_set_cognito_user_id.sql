update users
set cognito_user_id = $1
where lower(handle) = lower($2)
returning uuid
