// The attributes that a user of the built-in pool has: email, name and preferred_username (the
// handle) besides those that the pool gives (sub, email_verified).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "accounts/pool_error.h"
#include "accounts/user_pool.h"

namespace cruddur::accounts {

// A new user of that username. An email address as username stands for the attribute, and the
// user's name in the pool is the sub then; a username that can be a handle is the handle where none
// is given. `by_administrator`: email_verified may be given too.
PoolResult<PoolUser> UserOf(std::string_view username,
                            const std::map<std::string, std::string>& attributes,
                            bool by_administrator);

}  // namespace cruddur::accounts
