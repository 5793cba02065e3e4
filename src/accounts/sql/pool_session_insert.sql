insert into pool_sessions (id, sub, client_id, token_hash, signed_in_at, rotated_at, expires_at)
values ($1, $2, $3, $4, $5, $5, $6)
