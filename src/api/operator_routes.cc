#include "api/operator_routes.h"

#include <openssl/crypto.h>

#include <memory>

#include "api/problem.h"

namespace cruddur::api {
namespace {

struct Operator {
  std::string authorization;  // the header's whole value
  OperatorActions actions;

  bool Admits(const net::Request& request, net::Response& response) const {
    const std::string_view given = request.Header("authorization").value_or("");
    // In a time that tells nothing of how much of it was right.
    if (!request.HasDuplicate("authorization") && given.size() == authorization.size() &&
        CRYPTO_memcmp(given.data(), authorization.data(), given.size()) == 0) {
      return true;
    }
    Refuse(response, 401, "unauthorized", "the operator's secret is needed");
    return false;
  }
};

void Confirm(net::Response& response) { response.body = R"({"status":"ok"})"; }

}  // namespace

void AddOperatorRoutes(FrontDoor& door, std::string secret, OperatorActions actions) {
  using net::PathParameters;
  using net::Request;
  using net::Response;

  const auto desk =
      std::make_shared<const Operator>(Operator{"Bearer " + std::move(secret), std::move(actions)});
  door.Add("POST", "/operator/cache/drop",
           [desk](const Request& request, const PathParameters&,
                  Response& response) -> base::Task<void> {
             if (!desk->Admits(request, response)) co_return;
             for (const auto& [name, value] : net::ParseQuery(request.query)) {
               if (name != "key" || value.empty()) continue;
               desk->actions.drop(value);
               co_return Confirm(response);
             }
             Refuse(response, 400, "bad_request", "key=… says what to drop");
           });
  door.Add("POST", "/operator/cache/flush",
           [desk](const Request& request, const PathParameters&,
                  Response& response) -> base::Task<void> {
             if (!desk->Admits(request, response)) co_return;
             desk->actions.drop_all();
             Confirm(response);
           });
}

}  // namespace cruddur::api
