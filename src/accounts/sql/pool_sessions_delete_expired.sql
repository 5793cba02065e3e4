delete from pool_sessions
where expires_at < $1
