// What an operator asks of a running server: to forget what it remembers. Only for whoever can read
// the secret that the server keeps for its own user (app/operator_access.h), and good for nothing
// else.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/front_door.h"

namespace cruddur::api {

struct OperatorActions {
  std::function<void(std::string_view key)> drop;
  std::function<void()> drop_all;
};

// POST /operator/cache/drop?key=KEY and POST /operator/cache/flush, with `Authorization: Bearer
// SECRET`: {"status":"ok"}; 401 without it, 400 without a key.
void AddOperatorRoutes(FrontDoor& door, std::string secret, OperatorActions actions);

}  // namespace cruddur::api
