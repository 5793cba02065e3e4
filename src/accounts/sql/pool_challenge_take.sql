-- A challenge is answered once.
delete from pool_challenges
where id = $1 and kind = $2
returning sub, name, public_a, private_b, public_b, expires_at, password_hash
