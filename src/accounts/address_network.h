// The network that an address is of, as a key.
#pragma once

#include <string>
#include <string_view>

namespace cruddur::accounts {

// The first bytes of the address: of an IPv6 one eight, which one household has; of an IPv4 one
// (also in IPv6's clothes) `ipv4_bytes`. The text itself where it is neither.
std::string NetworkOf(std::string_view address, size_t ipv4_bytes);

}  // namespace cruddur::accounts
