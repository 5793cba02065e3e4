update pool_users
set status = 'CONFIRMED', email_verified = 1, updated_at = $2
where sub = $1 and status = 'UNCONFIRMED'
returning sub
