select uuid, display_name, handle, email, cognito_user_id, created_at
from users
where lower(handle) = lower($1)
