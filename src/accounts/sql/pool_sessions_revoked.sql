select id
from pool_sessions
where revoked_at > $1
