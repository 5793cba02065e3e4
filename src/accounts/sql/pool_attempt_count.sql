-- Counts an attempt, from one again where the last was before $3. No row comes back while the
-- subject is blocked.
insert into pool_attempts (subject, attempts, blocked_until, updated_at)
values ($1, 1, $2, $2)
on conflict (subject) do update
set attempts = case when pool_attempts.updated_at < $3 then 1 else pool_attempts.attempts + 1 end,
    updated_at = $2
where pool_attempts.blocked_until <= $2
returning attempts
