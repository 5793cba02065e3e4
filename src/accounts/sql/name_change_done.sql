delete from name_changes
where user_uuid = $1 and changed_at = $2
