insert into pool_codes (sub, purpose, code_hash, used, expires_at, failures)
values ($1, $2, $3, 0, $4, 0)
on conflict (sub, purpose) do update
set code_hash = excluded.code_hash, used = 0, expires_at = excluded.expires_at, failures = 0
