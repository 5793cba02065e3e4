select sub, generation, signed_in_at, rotated_at, revoked_at, expires_at
from pool_sessions
where id = $1
