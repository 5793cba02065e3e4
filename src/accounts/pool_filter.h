// The Filter of ListUsers: name = "text", or name ^= "text" for a prefix.
#pragma once

#include <string>
#include <string_view>

#include "accounts/pool_error.h"
#include "accounts/user_pool.h"

namespace cruddur::accounts {

class UserFilter {
 public:
  // Empty: everybody. By username, sub, email, name, preferred_username, status and
  // cognito:user_status; quotes within the text are escaped by '\'.
  static PoolResult<UserFilter> Parse(std::string_view text);

  bool Matches(const PoolUser& user) const;

 private:
  std::string attribute_;  // empty: everybody
  bool prefix_ = false;
  std::string value_;
};

}  // namespace cruddur::accounts
