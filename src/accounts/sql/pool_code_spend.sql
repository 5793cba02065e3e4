-- Whatever code of this purpose was sent is good for nothing any more.
update pool_codes
set used = 1
where sub = $1 and purpose = $2
