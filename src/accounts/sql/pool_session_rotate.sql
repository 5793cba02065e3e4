-- Of several who bring the same token at once, one rotates it.
update pool_sessions
set generation = generation + 1, rotated_at = $3
where id = $1 and generation = cast($2 as integer) and revoked_at is null
returning id
