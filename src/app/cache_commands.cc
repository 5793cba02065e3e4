// cruddur cache stats, drop, flush: what operators ask of the cache.
#include "app/cache_commands.h"

#include <fmt/format.h>

#include "app/cache.h"
#include "app/operator_access.h"
#include "auth/private_file.h"
#include "base/run_task.h"
#include "net/client.h"
#include "net/http.h"

namespace cruddur::app {
namespace {

constexpr std::chrono::seconds kPatience{5};

constexpr size_t kMaxSecret = 128;

net::Origin ServerOf(const Settings& settings) {
  return {.host = settings.Text("host"), .port = static_cast<uint16_t>(settings.Integer("port"))};
}

// The cache's numbers as the running server counts them.
int PrintStatistics(const Settings& settings) {
  const net::Origin origin = ServerOf(settings);
  net::HttpClient client(origin);
  const net::ClientRequest request{.target = "/metrics"};
  const auto answer = base::RunTask(client.Send(request, kPatience));
  if (!answer || answer->status != 200) {
    return Failed(
        fmt::format("no server tells its numbers on {}: start `cruddur serve`, or say "
                    "where it is with --host and --port",
                    origin.HostHeader()));
  }
  std::string_view rest = answer->body;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.starts_with("cruddur_cache_") && !line.starts_with("cruddur_page_loads_")) continue;
    if (line.contains("_bucket{")) continue;
    const size_t name_end = line.find_first_of("{ ");
    const size_t value = line.rfind(' ');
    fmt::print("{:<32}{}\n", line.substr(8, name_end - 8), line.substr(value + 1));
  }
  return EXIT_SUCCESS;
}

// Asks the server that runs here and keeps its data in `data`. False: none has left its secret.
base::Result<bool> AskServer(const Settings& settings, std::string_view key) {
  const auto port = static_cast<uint16_t>(settings.Integer("port"));
  const auto secret =
      auth::ReadSmallFile(OperatorAccess::FileOf(settings.Text("data"), port), kMaxSecret);
  if (!secret) {
    if (secret.error().code == base::ErrorCode::kNotFound) return false;
    return std::unexpected(secret.error());
  }
  net::HttpClient client(ServerOf(settings));
  net::ClientRequest request{.method = "POST", .target = "/operator/cache/flush"};
  if (!key.empty()) request.target = "/operator/cache/drop?key=" + net::PercentEncode(key);
  request.headers.emplace_back("Authorization", "Bearer " + *secret);
  TRY_ASSIGN(const auto answer, base::RunTask(client.Send(request, kPatience)));
  if (answer.status == 200) return true;
  return base::Fail(base::ErrorCode::kUnavailable,
                    fmt::format("the server on {} answered {}: is it another one's --data?",
                                client.origin().HostHeader(), answer.status));
}

// Drops one key, or all if it is empty: from the shared cache, if there is one, and from the memory
// of the server that runs here.
int Drop(const Settings& settings, const std::string& key) {
  std::vector<std::string> keys;
  if (!key.empty()) keys.push_back(key);
  const auto shared = DropShared(settings, keys);
  if (!shared) return Failed(shared.error().message);
  const auto asked = AskServer(settings, key);
  if (!asked) return Failed(asked.error().message);
  if (*shared || *asked) return EXIT_SUCCESS;
  return Failed(fmt::format(
      "no server on port {} keeps its data in {}: say where it is with --port and --data, or name "
      "a shared cache with --cache-url or MOMENTO_AUTH_TOKEN",
      settings.Integer("port"), settings.Text("data")));
}

std::vector<Flag> DropSettings() {
  std::vector<Flag> flags = {"host", "port", "data"};
  for (const std::string_view name : SharedCacheSettings()) flags.emplace_back(name);
  return flags;
}

}  // namespace

void AddCacheCommands(CommandLine& line) {
  CLI::App& cache = line.AddGroup(line.root(), "cache", "The cache of pages");
  line.AddCommand(cache, "stats", "What the running server counts: hits, misses, failures",
                  {"host", "port"}, PrintStatistics);
  auto& key = line.Own<std::string>();
  line.AddCommand(cache, "drop", "Drop a key: the page of a partition, for every process",
                  DropSettings(), [&key](const Settings& settings) { return Drop(settings, key); })
      .add_option("KEY", key, "MSG#<conversation's uuid> or GRP#<user's uuid>")
      ->required();
  line.AddCommand(cache, "flush", "Drop everything, for every process within a second",
                  DropSettings(), [](const Settings& settings) { return Drop(settings, {}); });
}

}  // namespace cruddur::app
