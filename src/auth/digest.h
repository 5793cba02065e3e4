// SHA-256, HMAC-SHA-256 and the comparison that secrets need. Pure functions over OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace cruddur::auth {

using Digest = std::array<uint8_t, 32>;

Digest Sha256(std::string_view bytes);
Digest HmacSha256(std::string_view key, std::string_view bytes);

inline std::string_view AsBytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}
std::string HexSha256(std::string_view bytes);

// Takes the same time wherever two texts of one length differ. Lengths aren't secret.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

}  // namespace cruddur::auth
