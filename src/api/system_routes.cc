#include "api/system_routes.h"

#include <memory>

#include "base/log.h"
#include "json/writer.h"

namespace cruddur::api {
namespace {

using Checks = std::shared_ptr<const std::vector<ReadyCheck>>;

base::Task<void> AnswerReady(Checks checks, net::Response& response) {
  std::vector<std::string_view> failed;
  bool available = true;
  for (const ReadyCheck& check : *checks) {
    const base::Status status = co_await check.run();
    if (status) continue;
    base::Log(base::LogLevel::kWarn, "not ready",
              {{"check", check.name}, {"reason", status.error().message}});
    failed.push_back(check.name);
    available = available && !check.essential;
  }
  json::Writer writer(response.body);
  if (failed.empty()) {
    writer.BeginObject().Key("status").String("ready").EndObject();
    co_return;
  }
  if (!available) {
    response.status = 503;
    response.AddHeader("Retry-After", "1");
  }
  writer.BeginObject().Key("status").String(available ? "degraded" : "unavailable");
  writer.Key("failed").BeginArray();
  for (const std::string_view name : failed) writer.String(name);
  writer.EndArray().EndObject();
}

}  // namespace

void AddSystemRoutes(FrontDoor& door, const base::Registry& registry,
                     std::vector<ReadyCheck> checks, std::function<std::string()> jwks) {
  using net::PathParameters;
  using net::Request;
  using net::Response;

  door.Add("GET", "/health",
           [](const Request&, const PathParameters&, Response& response) -> base::Task<void> {
             response.body = R"({"status":"ok"})";
             co_return;
           });
  const auto shared = std::make_shared<const std::vector<ReadyCheck>>(std::move(checks));
  door.Add("GET", "/ready", [shared](const Request&, const PathParameters&, Response& response) {
    return AnswerReady(shared, response);
  });
  door.Add(
      "GET", "/metrics",
      [&registry](const Request&, const PathParameters&, Response& response) -> base::Task<void> {
        response.content_type = "text/plain; version=0.0.4";
        response.body = registry.Render();
        co_return;
      });
  if (!jwks) return;
  door.Add("GET", "/.well-known/jwks.json",
           [jwks = std::move(jwks)](const Request&, const PathParameters&,
                                    Response& response) -> base::Task<void> {
             response.body = jwks();
             response.AddHeader("Cache-Control", "public, max-age=300");
             co_return;
           });
}

}  // namespace cruddur::api
