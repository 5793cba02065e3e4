#include "auth/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <cstdlib>

#include "auth/encoding.h"

namespace cruddur::auth {

Digest Sha256(std::string_view bytes) {
  Digest digest;
  SHA256(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), digest.data());
  return digest;
}

Digest HmacSha256(std::string_view key, std::string_view bytes) {
  Digest digest;
  unsigned int length = digest.size();
  // An HMAC fails for want of memory only; a digest that isn't one must never be handed on.
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), digest.data(),
           &length) == nullptr) {
    std::abort();
  }
  return digest;
}

std::string HexSha256(std::string_view bytes) { return HexEncode(AsBytes(Sha256(bytes))); }

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace cruddur::auth
