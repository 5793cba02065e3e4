select sub, username, preferred_username, email, email_verified, enabled, status, created_at,
       updated_at, name
from pool_users
where lower(preferred_username) = lower($1)
