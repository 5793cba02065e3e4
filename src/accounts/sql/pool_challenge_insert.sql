insert into pool_challenges (id, kind, sub, name, public_a, private_b, public_b, password_hash,
                             expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
