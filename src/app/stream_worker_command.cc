// cruddur stream-worker: the projection as a long-running consumer of the table's stream, for
// stores whose stream nobody else consumes. Several share the shards.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <utility>

#include "app/cache.h"
#include "app/projection_function.h"
#include "app/serve_commands.h"
#include "app/stop_signal.h"
#include "app/store_endpoint.h"
#include "base/log.h"
#include "base/random.h"
#include "net/loop_pool.h"
#include "stream/stream_worker.h"

namespace cruddur::app {
namespace {

using base::LogLevel;
using model::DbErrorCode;

// For drops that the cache doesn't have yet, when this ends.
constexpr std::chrono::seconds kDropTime{1};

// Another name for each start: a lease says which process has it.
std::string WorkerName() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return fmt::format("{}:{}", host.data(), base::NewUuid());
}

// What only the operator can mend ends the start; a store or a table that isn't there yet is waited
// for.
base::Status CheckStore(const model::DbResult<model::TableDescription>& table) {
  if (table) return {};
  const model::DbError& error = table.error();
  const bool missing =
      error.code == DbErrorCode::kResourceNotFound || error.code == DbErrorCode::kTableNotFound;
  if (!missing && !model::WireOf(error.code).retryable) {
    return std::unexpected(base::Error{
        base::ErrorCode::kPermissionDenied,
        fmt::format("the store refuses to describe {}: {}", messaging::kTableName, error.message)});
  }
  base::Log(LogLevel::kWarn, missing ? "no such table yet" : "the store is away",
            {{"table", messaging::kTableName}, {"reason", error.message}});
  return {};
}

int RunStreamWorker(const Settings& settings) {
  StopSignal stop;
  net::LoopPool loops(1);
  auto client = MakeEndpointClient(settings, settings.Text("store-endpoint"));
  if (!client) return WrongSetting(client.error().message);
  const base::SystemClock clock;
  auto cache = PageStore::OpenShared(settings, loops.loop(0));
  if (!cache) return WrongSetting(cache.error().message);
  ProjectionFunction projection(**client, cache->get());
  if (const auto checked = CheckStore(
          base::asio::co_spawn(loops.loop(0),
                               (*client)->DescribeTable(std::string(messaging::kTableName)),
                               base::asio::use_future)
              .get());
      !checked) {
    return Failed(checked.error().message);
  }
  stream::StreamWorkerOptions options;
  options.table = messaging::kTableName;
  options.lease_table = settings.Text("lease-table");
  options.worker = WorkerName();
  options.times.lease = std::chrono::seconds(settings.Integer("lease-seconds"));
  options.shards.name = "stream-worker";
  options.shards.mapping.batch_size = 1'000;
  // A store that was away is found again soon: nobody pays for what failed.
  options.shards.mapping.last_retry = std::chrono::seconds(5);
  options.shards.region = settings.Text("region");
  base::Log(LogLevel::kInfo, "stream worker starts",
            {{"worker", options.worker},
             {"table", options.table},
             {"leases", options.lease_table},
             {"lease_seconds", settings.Integer("lease-seconds")}});
  stream::StreamWorker worker(loops.loop(0), **client, projection.handler(),
                              projection.page_handler(), clock, std::move(options));
  worker.Start();
  stop.Wait();
  base::Log(LogLevel::kInfo, "stopping");
  worker.Stop();
  cache->Stop(kDropTime);
  base::Log(LogLevel::kInfo, "stopped");
  return EXIT_SUCCESS;
}

}  // namespace

void AddStreamWorkerCommand(CommandLine& line) {
  std::vector<Flag> settings = {"config",      "store-endpoint", "region",    "store-deadline-ms",
                                "lease-table", "lease-seconds",  "log-level", "log-format"};
  for (const std::string_view name : SharedCacheSettings()) settings.emplace_back(name);
  CLI::App& command = line.AddCommand(
      line.root(), "stream-worker",
      "Move the conversation rows as a consumer of the table's stream", settings, RunStreamWorker);
  command.footer(
      "For a store over HTTP whose stream nobody else consumes: Amazon DynamoDB, Alternator,\n"
      "DynamoDB Local, `cruddur dynamodb`. Run several, on any machines: they share the shards,\n"
      "and take over from one that died within 1.5 times lease-seconds. SIGTERM ends one cleanly.");
}

}  // namespace cruddur::app
