// What commands do with the built-in user pool. They block, and work beside a running server.
#pragma once

#include <string>
#include <string_view>

#include "accounts/database.h"
#include "base/clock.h"
#include "base/result.h"

namespace cruddur::accounts {

enum class OldPassword { kReplace, kKeep };

// Lets the user of this handle sign in with the password, and ends the sign-ins that there are: a
// server that runs knows it within seconds. False: the user has one,
// and kKeep. kNotFound: nobody has the handle; kInvalidArgument: the policy refuses the password.
base::Result<bool> SetPoolPassword(const DatabaseOptions& options, std::string_view handle,
                                   std::string_view password, OldPassword old,
                                   const base::Clock& clock);

}  // namespace cruddur::accounts
