#include "auth/password_hash.h"

#include <argon2.h>

#include <array>
#include <new>

#include "base/random.h"

namespace cruddur::auth {
namespace {

constexpr uint32_t kPasses = 2;
constexpr uint32_t kKibibytes = 19 * 1024;
constexpr uint32_t kLanes = 1;
constexpr size_t kSaltBytes = 16, kHashBytes = 32;
constexpr size_t kMaxEncodedBytes = 256;
constexpr std::string_view kPrefix = "$argon2id$";

// Of no password: what a look-up that found nobody is compared with.
const std::string& NobodysHash() {
  static const std::string hash = HashPassword("");
  return hash;
}

}  // namespace

std::string HashPassword(std::string_view password) {
  std::array<std::byte, kSaltBytes> salt;
  base::RandomBytes(salt);
  std::array<char, kMaxEncodedBytes> encoded{};
  // With these constants it fails for want of memory only.
  if (argon2id_hash_encoded(kPasses, kKibibytes, kLanes, password.data(), password.size(),
                            salt.data(), salt.size(), kHashBytes, encoded.data(),
                            encoded.size()) != ARGON2_OK) {
    throw std::bad_alloc();
  }
  return encoded.data();
}

bool VerifyPassword(std::string_view hash, std::string_view password) {
  const bool known = hash.starts_with(kPrefix) && hash.size() < kMaxEncodedBytes;
  const std::string encoded = known ? std::string(hash) : NobodysHash();
  const bool matches =
      argon2id_verify(encoded.c_str(), password.data(), password.size()) == ARGON2_OK;
  return known && matches;
}

}  // namespace cruddur::auth
