-- A sign-up that nobody confirmed in time gives its names back.
delete from pool_users
where status = 'UNCONFIRMED'
  and created_at < $2
  and (lower(username) = lower($1) or lower(preferred_username) = lower($1))
