// A JSON Web Key Set (RFC 7517): the public keys that tokens may be signed with, by `kid`.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "auth/rsa_key.h"
#include "base/result.h"

namespace cruddur::auth {

inline constexpr size_t kMaxJwksBytes = 64 * 1024;
inline constexpr size_t kMaxJwksKeys = 64;
inline constexpr size_t kMaxKidBytes = 256;

// Immutable once it is shared between threads.
class Jwks {
 public:
  // Reads {"keys": […]}. Keys of other kinds and uses (`kty` not RSA, `use` not sig, `alg` not
  // RS256) and keys without a `kid` are passed over, as RFC 7517 section 5 asks for. An RSA key
  // that is broken or too weak, or a `kid` that comes twice, is an error.
  static base::Result<Jwks> Parse(std::string_view json);

  // {"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":…,"n":…,"e":…},…]}, ordered by kid.
  std::string ToJson() const;

  // False if there is a key of that kid already.
  bool Add(std::string kid, PublicKey key);

  void AddAll(const Jwks& other);  // those whose kid isn't there

  const PublicKey* Find(std::string_view kid) const;  // null if unknown
  size_t size() const { return keys_.size(); }
  bool operator==(const Jwks& other) const;

 private:
  std::map<std::string, PublicKey, std::less<>> keys_;
};

}  // namespace cruddur::auth
