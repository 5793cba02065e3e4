// The routes for whoever runs and watches the service, and the keys that tokens are checked with.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/front_door.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"

namespace cruddur::api {

// What has to work before requests are sent here, or at least is to be seen when it doesn't.
struct ReadyCheck {
  std::string name;  // "store"
  std::function<base::Task<base::Status>()> run;
  bool essential = true;
};

// GET /health: the process answers. GET /ready: the checks pass ("ready"), else the names of those
// that don't: with 503 ("unavailable") if one of them is essential, otherwise "degraded". GET
// /metrics: Prometheus' text. GET /.well-known/jwks.json: `jwks`, if it is set.
void AddSystemRoutes(FrontDoor& door, const base::Registry& registry,
                     std::vector<ReadyCheck> checks, std::function<std::string()> jwks);

}  // namespace cruddur::api
