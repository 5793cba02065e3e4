-- A wrong guess counts against every code that it might have been: that of the user $2, and those of
-- who signed up with the address $3 and hasn't confirmed it.
update pool_codes
set failures = failures + 1
where purpose = $1
  and sub in (select sub
              from pool_users
              where sub = $2 or (status = 'UNCONFIRMED' and lower(email) = lower($3)))
