// What users change of themselves: their name and their handle.
#pragma once

#include <optional>
#include <string>

#include "accounts/connection_pool.h"
#include "accounts/users.h"
#include "base/clock.h"

namespace cruddur::accounts {

struct ProfileChange {
  std::optional<std::string> display_name, handle;  // those that change
};

struct ChangedProfile {
  User before, after;  // equal where there was nothing to change
};

// Changes the user's row, what the built-in pool knows of the user, and notes that the copies of
// the name are old now (name_changes.h): all of it or nothing. kAlreadyExists: the handle is
// another's, in any case; kNotFound: there is no such user any more; kInvalidArgument: what no name
// can be. May be repeated.
base::Task<base::Result<ChangedProfile>> ChangeProfile(ConnectionPool& database, std::string uuid,
                                                       ProfileChange change, base::Micros now);

}  // namespace cruddur::accounts
