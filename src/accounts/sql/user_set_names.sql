update users
set display_name = $1, handle = $2
where uuid = $3
returning uuid
