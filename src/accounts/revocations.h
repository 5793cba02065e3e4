// The sign-ins that were ended before their tokens: what a token verifier asks besides the
// signature.
//
// An entry is kept for as long as the sign-in's access tokens live. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace cruddur::accounts {

// Which sign-in a token goes back to: a digest of its origin_jti; all zero for a token without one.
using SignInKey = std::array<uint64_t, 2>;
SignInKey SignInKeyOf(std::string_view origin_jti);

class Revocations {
 public:
  // `clock` must outlive it.
  explicit Revocations(const base::Clock& clock) : clock_(clock) {}

  // `until`: when the last of its access tokens expires.
  void Revoke(std::string_view origin_jti, base::Micros until);

  bool IsRevoked(const SignInKey& sign_in) const;

  // Changes with every Revoke of what wasn't: whoever remembers that a sign-in isn't revoked asks
  // again then.
  uint64_t Generation() const { return generation_.load(std::memory_order_acquire); }

 private:
  struct Hash {
    size_t operator()(const SignInKey& key) const { return key[0]; }
  };

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::unordered_map<SignInKey, base::Micros, Hash> until_;  // protected by mutex_
  size_t sweep_at_ = 1024;                                   // protected by mutex_
  std::atomic<uint64_t> generation_{0};
};

}  // namespace cruddur::accounts
