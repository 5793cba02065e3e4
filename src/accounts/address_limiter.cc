#include "accounts/address_limiter.h"

#include <algorithm>
#include <cmath>

#include "accounts/address_network.h"

namespace cruddur::accounts {
int AddressLimiter::Take(std::string_view address) {
  if (rate_ <= 0) return 0;
  const std::string key = NetworkOf(address, 4);
  const HashedKey hashed(key);
  const base::Micros now = clock_.Now();
  int wait = 0;
  const bool known = buckets_.Visit(hashed, [&](Bucket& bucket) {
    const double passed = std::max(0.0, std::chrono::duration<double>(now - bucket.at).count());
    bucket.left = std::min(burst_, bucket.left + passed * rate_);
    bucket.at = now;
    if (bucket.left >= 1) {
      bucket.left -= 1;
    } else {
      wait = static_cast<int>(std::ceil((1 - bucket.left) / rate_));
    }
  });
  if (!known) buckets_.Put(hashed, {burst_ - 1, now});
  return wait;
}

}  // namespace cruddur::accounts
