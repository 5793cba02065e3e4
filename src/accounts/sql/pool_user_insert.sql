-- No row comes back if the username, the handle or the verified address is taken.
insert into pool_users (sub, username, preferred_username, email, email_verified, enabled, status,
                        created_at, updated_at, name, password_hash, srp_salt, srp_verifier)
values ($1, $2, $3, $4, cast($5 as integer), 1, $6, $7, $7, $8, $9, $10, $11)
on conflict do nothing
returning sub
