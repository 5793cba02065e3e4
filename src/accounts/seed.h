// The demo users, and one of the operator's choice.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "accounts/database.h"
#include "base/clock.h"
#include "base/result.h"

namespace cruddur::accounts {

struct SeedUser {
  std::string handle;
  std::string display_name;  // empty: the handle
  std::string email;         // empty: handle@example.com
};

// andrewbrown, bayko and londo.
const std::vector<SeedUser>& DemoUsers();

struct SeedReport {
  std::vector<std::string> added;  // handles
  std::vector<std::string> kept;   // were there already, and stay as they are
};

// Makes the users that aren't there, each with its user of the built-in pool, in one transaction.
// Idempotent, also for several processes at once. kAlreadyExists if the email of a new user is
// somebody else's, kInvalidArgument for a handle or a name that can't be.
base::Result<SeedReport> SeedUsers(Connection& connection, const std::vector<SeedUser>& users,
                                   base::Micros now);

}  // namespace cruddur::accounts
