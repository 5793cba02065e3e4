-- No row if the name has changed again.
update name_changes
set progress = $3, due_at = $4
where user_uuid = $1 and changed_at = $2
returning user_uuid
