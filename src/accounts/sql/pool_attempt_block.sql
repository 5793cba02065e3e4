update pool_attempts
set blocked_until = $2
where subject = $1
