-- Of several who want it at once one gets the row.
update name_changes
set due_at = $2, began_at = coalesce(began_at, $1)
where due_at <= $1
  and user_uuid = (select user_uuid from name_changes where due_at <= $1 order by due_at limit 1)
returning user_uuid, changed_at, began_at, progress
