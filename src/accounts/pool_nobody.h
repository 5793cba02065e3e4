// Who stands for a name that nobody has, to who only sees the answers of the built-in user pool.
//
// It has an id, and all else follows from that: who asks again by the id that they were shown is
// answered as before, as they are where somebody has the name. So an id is recognised by the pool's
// secret, and holds what is shown of the address. Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "auth/srp.h"

namespace cruddur::accounts {

// A version-4 UUID, always the same for one name in whatever case; of such an id, itself.
std::string NobodysId(std::string_view secret, std::string_view name);

auth::SrpVerifier NobodysVerifier(std::string_view secret, std::string_view id);

// "l@e": the first letters of the name where that is an address, else some. `id` is of NobodysId.
std::string NobodysAddress(std::string_view secret, std::string_view id);

}  // namespace cruddur::accounts
