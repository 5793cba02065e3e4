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

// By username, sub, handle or verified email address, in any case.
base::Result<std::optional<PoolAccount>> FindAccount(Connection& connection, std::string_view name);
base::Result<std::optional<PoolAccount>> FindAccountBySub(Connection& connection,
                                                          std::string_view sub);

// Who can be meant by `name`: the account of that name first, then, for an email address, who
// signed up with it and hasn't confirmed it, the latest first. What they know tells them apart.
base::Result<std::vector<PoolAccount>> FindCandidates(Connection& connection,
                                                      std::string_view name);

// Whether another user has this username or handle.
base::Result<bool> IsNameTaken(Connection& connection, std::string_view name);

// False if the username, the handle or the verified address is taken.
base::Result<bool> InsertAccount(Connection& connection, const PoolAccount& account);

// False if the user isn't there any more.
base::Result<bool> SetPassword(Connection& connection, std::string_view sub,
                               const StoredPassword& password, std::string_view status,
                               base::Micros now);

}  // namespace cruddur::accounts
