create table if not exists schema_version (
  version integer not null primary key,
  name text not null,
  applied_at text not null
)
