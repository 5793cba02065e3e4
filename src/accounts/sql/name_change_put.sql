insert into name_changes (user_uuid, changed_at, due_at)
values ($1, $2, $2)
on conflict (user_uuid) do update
set changed_at = $2, due_at = $2, began_at = null, progress = ''
