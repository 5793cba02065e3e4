-- Of several who bring the code at once, one has it.
update pool_codes
set used = 1
where sub = $1 and purpose = $2 and code_hash = $3 and used = 0
returning sub
