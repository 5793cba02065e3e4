// cruddur cache stats, drop, flush: what operators ask of the cache.
#include "app/cache_commands.h"

#include <fmt/format.h>

#include <thread>

#include "app/cache.h"
#include "base/run_task.h"
#include "net/client.h"
#include "net/loop_pool.h"

namespace cruddur::app {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kPatience{5};

// The token is none of them: a command line can be read by everybody on the machine.
const std::vector<Flag> kCacheSettings = {"cache-url", "cache-ca", "momento-cache-name",
                                          "momento-endpoint", "cache-ttl-seconds"};

// The cache's numbers as the running server counts them.
int PrintStatistics(const Settings& settings) {
  const net::Origin origin{.host = settings.Text("host"),
                           .port = static_cast<uint16_t>(settings.Integer("port"))};
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
    const size_t name_end = line.find_first_of("{ ");
    const size_t value = line.rfind(' ');
    fmt::print("{:<32}{}\n", line.substr(8, name_end - 8), line.substr(value + 1));
  }
  return EXIT_SUCCESS;
}

// change(cache), and waits until every process has it.
int Change(const Settings& settings, const std::function<void(cache::Cache&)>& change) {
  const base::SystemClock clock;
  net::LoopPool loops(1);
  auto pages = PageStore::Open(settings, loops.loop(0), clock);
  if (!pages) return Failed(pages.error().message);
  const cache::RemoteCache* remote = pages->remote();
  if (remote == nullptr) {
    return Failed(
        "the cache is in the server's own memory: restart the server to empty it, or "
        "name a shared cache with --cache-url or MOMENTO_AUTH_TOKEN");
  }
  change(**pages);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (remote->pending() > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(2ms);
  }
  const bool done = remote->pending() == 0;
  loops.Stop();
  return done ? EXIT_SUCCESS : Failed("the cache can't be reached: nothing was dropped");
}

}  // namespace

void AddCacheCommands(CommandLine& line) {
  CLI::App& cache = line.AddGroup(line.root(), "cache", "The cache of pages");
  line.AddCommand(cache, "stats", "What the running server counts: hits, misses, failures",
                  {"host", "port"}, PrintStatistics);
  auto& key = line.Own<std::string>();
  line.AddCommand(cache, "drop", "Drop the page of a partition, for every process", kCacheSettings,
                  [&key](const Settings& settings) {
                    return Change(settings, [&](cache::Cache& pages) { pages.Drop(key); });
                  })
      .add_option("KEY", key, "MSG#<conversation's uuid> or GRP#<user's uuid>")
      ->required();
  line.AddCommand(cache, "flush", "Drop everything, for every process within a second",
                  kCacheSettings, [](const Settings& settings) {
                    return Change(settings, [](cache::Cache& pages) { pages.DropAll(); });
                  });
}

}  // namespace cruddur::app
