select code_hash, used, expires_at, failures
from pool_codes
where sub = $1 and purpose = $2
