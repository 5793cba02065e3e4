-- $2: the last code point there is, so that the range holds all that begins with $1.
select uuid, display_name, handle, email, cognito_user_id, created_at
from users
where lower(display_name) collate "binary" >= lower($1)
  and lower(display_name) collate "binary" < lower($1) || $2
order by lower(display_name) collate "binary", uuid
limit 20
