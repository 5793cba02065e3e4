delete from pool_attempts
where subject = $1
