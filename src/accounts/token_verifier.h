// Who makes a request: verifies the access token of its Authorization header.
//
// A token that was verified is remembered until it expires, so that the next request with it costs
// a look-up of 60 nanoseconds in the place of an RSA operation of 18,000.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "accounts/key_source.h"
#include "accounts/revocations.h"
#include "accounts/sharded_cache.h"
#include "auth/jwt.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"

namespace cruddur::accounts {

struct Identity {
  std::string cognito_user_id;  // the token's `sub`
  std::string username;
  int64_t expires_at = 0;  // seconds since 1970

  bool operator==(const Identity&) const = default;
};

// What the tokens of the built-in pool say.
auth::JwtExpectation BuiltInExpectation();

// The reason of a refusal, where the sign-in that the token goes back to was ended.
inline constexpr std::string_view kRevoked = "revoked";

// Thread-safe; never blocks. `keys`, `clock` and `revocations` must outlive it.
class TokenVerifier {
 public:
  // `revocations` null: nobody signs out.
  TokenVerifier(KeySource& keys, auth::JwtExpectation expected, const base::Clock& clock,
                size_t capacity = 10'000, const Revocations* revocations = nullptr);

  // `authorization`: the header's value: the scheme Bearer in any case (RFC 7235 section 2.1), one
  // space, the token. Empty if the request has no such header; a request that has two must not come
  // here. The only error is kUnauthenticated; its message is a reason for the log and holds nothing
  // of the token.
  base::Result<Identity> Verify(std::string_view authorization);

  // The same for a bare token.
  base::Result<Identity> VerifyToken(std::string_view token);

  // For a refusal of Verify: whether keys that are yet to be fetched might change it.
  static bool IsForWantOfKeys(const base::Error& refusal);
  // Looks for new keys, waits for them, and verifies again. `authorization` must live until then.
  // kUnavailable: the token's key isn't known, and the keys can't be fetched now.
  base::Task<base::Result<Identity>> FetchAndVerify(std::string_view authorization);

  // Makes the next Verify of this token verify it anew.
  void Forget(std::string_view token);

  size_t remembered() const { return remembered_.size(); }

 private:
  struct Remembered {
    Identity identity;
    SignInKey sign_in{};
    uint64_t generation = 0;        // of the keys
    uint64_t revocations_seen = 0;  // the generation of the revocations that it isn't among
  };
  // Whether the token's sign-in is known not to be revoked; notes in `key`'s entry that it was
  // asked.
  bool IsStillSignedIn(const HashedKey& key, const Remembered& known);

  KeySource& keys_;
  const auth::JwtExpectation expected_;
  const base::Clock& clock_;
  const Revocations* const revocations_;
  ShardedCache<Remembered> remembered_;  // by the whole token
};

}  // namespace cruddur::accounts
