-- Users whose new name isn't in all copies of it yet (conversation rows). Whoever takes an entry puts
-- due_at off for as long as he needs for a step, so that another one goes on if he is gone.
create table name_changes (
  user_uuid text not null primary key references users (uuid) on delete cascade,
  changed_at text not null check (length(changed_at) = 32),
  due_at text not null check (length(due_at) = 32),
  began_at text check (length(began_at) = 32),
  progress text not null default ''
);

create index name_changes_due_at on name_changes (due_at);
