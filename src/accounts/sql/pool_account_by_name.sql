-- By whatever a user signs in with, in any case. Where one user's username is another one's handle the username
-- counts; an address only where it was verified.
select sub, username, preferred_username, email, email_verified, enabled, status, created_at,
       updated_at, name, password_hash, srp_salt, srp_verifier
from pool_users
where lower(username) = lower($1)
   or sub = $1
   or sub = lower($1)
   or lower(preferred_username) = lower($1)
   or (lower(email) = lower($1) and email_verified = 1)
order by case
           when sub = $1 or sub = lower($1) then 0
           when lower(username) = lower($1) then 1
           when lower(preferred_username) = lower($1) then 2
           else 3
         end
limit 1
