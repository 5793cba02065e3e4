-- Who signed up with this address and hasn't confirmed it: several may, the latest first.
select sub, username, preferred_username, email, email_verified, enabled, status, created_at,
       updated_at, name, password_hash, srp_salt, srp_verifier
from pool_users
where lower(email) = lower($1) and status = 'UNCONFIRMED'
order by created_at desc, sub
limit cast($2 as integer)
