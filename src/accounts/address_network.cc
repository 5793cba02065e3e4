#include "accounts/address_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace cruddur::accounts {

std::string NetworkOf(std::string_view address, size_t ipv4_bytes) {
  const std::string text(address);
  std::array<char, 16> bytes{};
  if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    return std::string(bytes.data(), ipv4_bytes);
  }
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  constexpr std::array<char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\xff', '\xff'};
  const bool mapped = std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
  return mapped ? std::string(bytes.data() + 12, ipv4_bytes) : std::string(bytes.data(), 8);
}

}  // namespace cruddur::accounts
