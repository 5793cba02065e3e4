// Who calls, and who is called: what the routes ask of sign-in and of the users database.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/task.h"
#include "messaging/people.h"

namespace cruddur::api {

struct Caller {
  messaging::Person person;
  std::string cognito_user_id;  // the token's subject
};

// Thread-safe. Answers from memory nearly always.
class Directory : public messaging::People {
 public:
  // By the Authorization header. kUnauthenticated: no token, one that doesn't hold, or one of
  // nobody who is in the users database; kUnavailable: can't be told now.
  virtual base::Task<base::Result<Caller>> Identify(
      std::optional<std::string_view> authorization) = 0;

  // In any case; nullopt: nobody has this handle.
  virtual base::Task<base::Result<std::optional<messaging::Person>>> FindByHandle(
      std::string_view handle) = 0;
};

}  // namespace cruddur::api
