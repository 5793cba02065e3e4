// Copies the ids of a user pool into the users database.
#pragma once

#include <string>
#include <vector>

#include "accounts/connection_pool.h"
#include "accounts/user_pool.h"
#include "base/result.h"
#include "base/task.h"

namespace cruddur::accounts {

struct CognitoUserIdsReport {
  struct Copied {
    std::string handle, sub;
  };
  std::vector<Copied> updated;         // also those whose id was right already
  std::vector<std::string> no_handle;  // subs of pool users without a preferred_username
  std::vector<std::string> unknown;    // handles of pool users that no row of `users` has
};

// Gives each user the `sub` of the pool's user with that preferred_username. Goes through all pages
// first and then writes in one transaction, so that a failure changes nothing.
base::Task<base::Result<CognitoUserIdsReport>> UpdateCognitoUserIds(ConnectionPool& database,
                                                                    UserPool& pool);

}  // namespace cruddur::accounts
