select sub, username, preferred_username, email, email_verified, enabled, status, created_at,
       updated_at, name
from pool_users
where sub > $1
order by sub
limit cast($2 as integer)
