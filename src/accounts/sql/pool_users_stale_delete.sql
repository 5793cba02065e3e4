-- A sign-up that nobody confirmed in time goes, and gives its names back.
delete from pool_users
where status = 'UNCONFIRMED' and created_at < $1
