-- Lets the user of this handle sign in at the built-in pool, under the Cognito id that the row has.
-- Nothing happens if the pool knows the handle already, so that it may run any number of times.
insert into pool_users (sub, username, preferred_username, email, email_verified, enabled, status,
                        created_at, updated_at, name)
select cognito_user_id, handle, handle, email, 1, 1, 'CONFIRMED', $2, $2, display_name
from users
where lower(handle) = lower($1)
on conflict do nothing
