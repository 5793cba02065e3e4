-- Sixteen at a time: neither database has lists as parameters that the other has too. Unused ones
-- are null, which equals nothing.
select uuid, display_name, handle, email, cognito_user_id, created_at
from users
where uuid in ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
