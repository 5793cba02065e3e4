delete from pool_attempts
where updated_at < $1 and blocked_until < $1
