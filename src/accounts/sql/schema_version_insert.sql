insert into schema_version (version, name, applied_at)
values (cast($1 as integer), $2, $3)
