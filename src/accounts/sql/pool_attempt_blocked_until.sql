select blocked_until
from pool_attempts
where subject = $1
