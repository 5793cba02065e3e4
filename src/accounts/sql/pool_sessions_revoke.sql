update pool_sessions
set revoked_at = $2
where sub = $1 and revoked_at is null
returning id, tokens_until
