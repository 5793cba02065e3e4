// The built-in user pool on the API's port.
#pragma once

#include "accounts/pool_endpoint.h"
#include "api/front_door.h"

namespace cruddur::api {

// POST /, GET /<pool id>/.well-known/jwks.json and …/openid-configuration. `pool` must outlive the
// server.
void AddPoolRoutes(FrontDoor& door, accounts::PoolEndpoint& pool);

}  // namespace cruddur::api
