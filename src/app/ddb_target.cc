#include "app/ddb_target.h"

#include <fmt/format.h>

#include "app/store_endpoint.h"
#include "base/run_task.h"
#include "model/error.h"

namespace cruddur::app {

std::string EndpointOf(const DdbTarget& target, const Settings& settings) {
  if (target.stage == "prod") {
    return fmt::format("https://dynamodb.{}.amazonaws.com", settings.Text("region"));
  }
  return target.endpoint_url.empty() ? "http://localhost:8000" : target.endpoint_url;
}

namespace {

// The client ends inside the Task, while the loop that it was used on still runs.
base::Task<int> RunWithClient(const Settings& settings, std::string endpoint, DdbWork work) {
  auto client = MakeEndpointClient(settings, std::move(endpoint));
  if (!client) co_return Failed(client.error().message);
  co_return co_await work(**client);
}

}  // namespace

int RunOn(const DdbTarget& target, const Settings& settings, DdbWork work) {
  const std::string endpoint = EndpointOf(target, settings);
  if (target.show_endpoint) {
    fmt::print("{}\n", endpoint);
    return EXIT_SUCCESS;
  }
  return base::RunTask(RunWithClient(settings, endpoint, std::move(work)));
}

int FailedCall(const model::DbError& error, const DdbTarget& target, const Settings& settings) {
  if (error.code == model::DbErrorCode::kUnreachable) {
    return Failed(
        fmt::format("no DynamoDB answers at {} ({}): start one with `cruddur serve` or "
                    "`cruddur dynamodb`, or name another with --endpoint-url",
                    EndpointOf(target, settings), error.message));
  }
  const std::string_view type = model::WireOf(error.code).type;
  return Failed(fmt::format("{}: {}", type.substr(type.find('#') + 1), error.message));
}

void AddTargetOptions(CLI::App& command, DdbTarget& target) {
  CLI::Option* stage = command.add_option("stage", target.stage, "prod: Amazon DynamoDB")
                           ->check(CLI::IsMember({"prod"}));
  command
      .add_option("--endpoint-url", target.endpoint_url,
                  "DynamoDB endpoint [http://localhost:8000]")
      ->excludes(stage);
  command.add_flag("--show-endpoint", target.show_endpoint,
                   "print the endpoint that would be called, and end");
}

}  // namespace cruddur::app
