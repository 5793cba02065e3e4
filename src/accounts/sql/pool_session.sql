select sub, client_id, token_hash, previous_hash, signed_in_at, rotated_at, revoked_at, expires_at
from pool_sessions
where id = $1
