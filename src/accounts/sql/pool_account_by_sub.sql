select sub, username, preferred_username, email, email_verified, enabled, status, created_at,
       updated_at, name, password_hash, srp_salt, srp_verifier
from pool_users
where sub = $1
