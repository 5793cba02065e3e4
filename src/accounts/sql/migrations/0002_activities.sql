-- What users post on the home feed. An activity that goes takes its replies with it, and a user that
-- goes takes their activities.
create table activities (
  uuid text not null primary key
    check (uuid like '________-____-____-____-____________'
           and length(replace(uuid, '-', '')) = 32
           and ltrim(uuid, '0123456789abcdef-') = ''),
  user_uuid text not null references users (uuid) on delete cascade,
  message text not null
    check (length(message) between 1 and 1024),
  replies_count integer not null default 0 check (replies_count >= 0),
  reposts_count integer not null default 0 check (reposts_count >= 0),
  likes_count integer not null default 0 check (likes_count >= 0),
  reply_to_activity_uuid text references activities (uuid) on delete cascade,
  expires_at text
    check (length(expires_at) = 32
           and expires_at like '____-__-__T__:__:__.______+00:00'
           and substr(expires_at, 11, 1) = 'T'),
  created_at text not null
    check (length(created_at) = 32
           and created_at like '____-__-__T__:__:__.______+00:00'
           and substr(created_at, 11, 1) = 'T')
);

create index activities_created_at on activities (created_at);
create index activities_user_uuid on activities (user_uuid, created_at);
create index activities_reply_to_activity_uuid on activities (reply_to_activity_uuid);
