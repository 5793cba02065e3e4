// The rows of the built-in user pool with what signs their users in. Blocking; see database.h for
// the errors.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/database.h"
#include "accounts/pool_password.h"
#include "accounts/user_pool.h"
#include "base/clock.h"
#include "base/result.h"

namespace cruddur::accounts {

struct PoolAccount {
  PoolUser user;
  StoredPassword password;
};

// By username, sub, handle or verified email address, in any case. Names are printable ASCII;
// another one is nobody's, whatever the database takes for its lower case.
base::Result<std::optional<PoolAccount>> FindAccount(Connection& connection, std::string_view name);
base::Result<std::optional<PoolAccount>> FindAccountBySub(Connection& connection,
                                                          std::string_view sub);

// Who signed up with the address and hasn't confirmed it, the latest first: up to `most`. None for
// a name that is no address. What they know tells them apart: a password, a code.
base::Result<std::vector<PoolAccount>> FindUnconfirmed(Connection& connection,
                                                       std::string_view address, size_t most);

// What attempts on a name are counted by. Username, handle and sub of an account are one subject;
// an address is one of its own, whether or not it is anybody's, so that a limit doesn't tell whose
// it is.
std::string AttemptSubject(std::string_view name, const std::optional<PoolAccount>& account);

// Whether another user has this username or handle.
base::Result<bool> IsNameTaken(Connection& connection, std::string_view name);

// False if the username, the handle or the verified address is taken.
base::Result<bool> InsertAccount(Connection& connection, const PoolAccount& account);

// Also ends the recovery code that there is. False if the user isn't there any more, or, where
// `instead_of` is given, has another password than the one of this hash.
base::Result<bool> SetPassword(Connection& connection, std::string_view sub,
                               const StoredPassword& password, std::string_view status,
                               base::Micros now,
                               std::optional<std::string_view> instead_of = std::nullopt);

}  // namespace cruddur::accounts
