// Passwords of the built-in user pool: the policy, and what is kept of one.
#pragma once

#include <string>
#include <string_view>

#include "accounts/pool_error.h"
#include "auth/srp.h"

namespace cruddur::accounts {

// Cognito's default policy: 8 characters, of them a lower-case and an upper-case letter, a digit
// and a symbol. InvalidPasswordException names the first that is missing.
PoolStatus CheckPassword(std::string_view password);

// A random one that the policy takes.
std::string NewPassword();

struct StoredPassword {
  std::string hash;  // Argon2id; empty: no password has been set
  auth::SrpVerifier srp;
};

// `sub`: the user's, for SRP. Takes some 25 ms of a core.
StoredPassword StorePassword(std::string_view sub, std::string_view password);

// The pool's name in SRP: what follows the '_' of its id.
std::string_view SrpPoolName();

}  // namespace cruddur::accounts
