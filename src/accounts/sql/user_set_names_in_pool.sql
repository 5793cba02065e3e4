-- $2 null: the handle stays as it is, also where there is none.
update pool_users
set name = $1, preferred_username = coalesce($2, preferred_username), updated_at = $3
where sub = $4
