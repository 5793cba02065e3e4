#include "api/pool_routes.h"

#include <string>

#include "accounts/built_in_user_pool.h"

namespace cruddur::api {

void AddPoolRoutes(FrontDoor& door, accounts::PoolEndpoint& pool) {
  using net::PathParameters;
  using net::Request;
  using net::Response;
  door.Add("POST", "/", [&pool](const Request& request, const PathParameters&, Response& response) {
    return pool.Handle(request, response);
  });
  // The door keeps the patterns, as the metrics' labels.
  const std::string folder = "/" + std::string(accounts::kBuiltInPoolId) + "/.well-known/";
  door.Add("GET", folder + "jwks.json",
           [&pool](const Request&, const PathParameters&, Response& response) -> base::Task<void> {
             response.body = pool.Jwks();
             co_return;
           });
  door.Add("GET", folder + "openid-configuration",
           [](const Request&, const PathParameters&, Response& response) -> base::Task<void> {
             response.body = accounts::PoolEndpoint::OpenIdConfiguration();
             co_return;
           });
}

}  // namespace cruddur::api
