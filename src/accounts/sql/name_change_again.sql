update name_changes
set began_at = null, progress = '', due_at = $3
where user_uuid = $1 and changed_at = $2
