insert into pool_sessions (id, sub, client_id, signed_in_at, rotated_at, expires_at, tokens_until)
values ($1, $2, $3, $4, $4, $5, $6)
