-- What ended after $1, and what ended whenever and has tokens that are alive after $2.
select id, revoked_at, tokens_until
from pool_sessions
where revoked_at > $1 or (revoked_at is not null and tokens_until > $2)
