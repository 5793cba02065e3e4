update pool_users
set password_hash = $2, srp_salt = $3, srp_verifier = $4, status = $5, updated_at = $6
where sub = $1
returning sub
