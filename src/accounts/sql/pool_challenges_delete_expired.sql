delete from pool_challenges
where expires_at < $1
