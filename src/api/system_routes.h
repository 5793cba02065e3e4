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

// What has to work before requests are sent here.
struct ReadyCheck {
  std::string name;  // "store"
  std::function<base::Task<base::Status>()> run;
};

// GET /health: the process answers. GET /ready: the checks pass, else 503 with the names of those
// that don't. GET /metrics: Prometheus' text. GET /.well-known/jwks.json: `jwks`, if it is set.
void AddSystemRoutes(FrontDoor& door, const base::Registry& registry,
                     std::vector<ReadyCheck> checks, std::function<std::string()> jwks);

}  // namespace cruddur::api
