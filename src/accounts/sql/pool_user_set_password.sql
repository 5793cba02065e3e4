-- No row comes back if the user is gone, or has another password than the one whose hash is $7 where
-- that isn't null.
update pool_users
set password_hash = $2, srp_salt = $3, srp_verifier = $4, status = $5, updated_at = $6
where sub = $1 and coalesce(password_hash, '') = coalesce($7, password_hash, '')
returning sub
