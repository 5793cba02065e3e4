-- A row if the name is somebody's: a username or a handle here, or the handle of a user who signs in
-- elsewhere.
select 1
from pool_users
where lower(username) = lower($1) or lower(preferred_username) = lower($1)
union all
select 1
from users
where lower(handle) = lower($1)
limit 1
