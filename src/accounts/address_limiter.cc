#include "accounts/address_limiter.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace cruddur::accounts {
namespace {

// The address as the key of its bucket.
std::string KeyOf(std::string_view address) {
  std::string text(address);
  std::array<char, 16> bytes{};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  constexpr std::array<char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\xff', '\xff'};
  const bool mapped = std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
  return std::string(bytes.data(), mapped ? 16 : 8);
}

}  // namespace

int AddressLimiter::Take(std::string_view address) {
  if (rate_ <= 0) return 0;
  const std::string key = KeyOf(address);
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
