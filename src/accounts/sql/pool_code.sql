select code_hash, used, expires_at
from pool_codes
where sub = $1 and purpose = $2
