-- Of several who bring the same token at once, one rotates it.
update pool_sessions
set previous_hash = token_hash, token_hash = $2, rotated_at = $3
where id = $1 and token_hash = $4 and revoked_at is null
returning id
