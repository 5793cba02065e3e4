#include "accounts/revocations.h"

#include <algorithm>
#include <cstring>

#include "auth/digest.h"
#include "auth/jwt.h"

namespace cruddur::accounts {

SignInKey SignInKeyOf(std::string_view origin_jti) {
  SignInKey key{};
  if (origin_jti.empty()) return key;
  const auth::Digest digest = auth::Sha256(origin_jti);
  std::memcpy(key.data(), digest.data(), sizeof(key));
  return key;
}

void Revocations::Revoke(std::string_view origin_jti, base::Micros until) {
  const base::Micros now = clock_.Now();
  const std::lock_guard lock(mutex_);
  if (until_.size() >= sweep_at_) {
    std::erase_if(until_, [&](const auto& entry) { return entry.second < now; });
    sweep_at_ = std::max<size_t>(1024, until_.size() * 2);
  }
  const base::Micros forget_at = until + auth::kClockLeeway;
  const auto [entry, added] = until_.try_emplace(SignInKeyOf(origin_jti), forget_at);
  entry->second = std::max(entry->second, forget_at);
  if (added) generation_.fetch_add(1, std::memory_order_release);
}

bool Revocations::IsRevoked(const SignInKey& sign_in) const {
  if (sign_in == SignInKey{}) return false;
  const std::lock_guard lock(mutex_);
  return until_.contains(sign_in);
}

}  // namespace cruddur::accounts
