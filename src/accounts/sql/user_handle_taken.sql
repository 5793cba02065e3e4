-- A row if the handle is another's: of a user ($2: the uuid), or in the built-in pool ($3: the sub),
-- where usernames and handles are one space of names.
select 1
from users
where lower(handle) = lower($1) and uuid <> $2
union all
select 1
from pool_users
where (lower(username) = lower($1) or lower(preferred_username) = lower($1)) and sub <> $3
limit 1
