// cruddur lambda: the projection as a custom runtime of AWS Lambda, what `bootstrap` in the zip
// runs.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdlib>
#include <utility>

#include "app/cache.h"
#include "app/projection_function.h"
#include "app/serve_commands.h"
#include "app/store_endpoint.h"
#include "base/log.h"
#include "net/loop_pool.h"
#include "stream/runtime_loop.h"

namespace cruddur::app {
namespace {

constexpr char kRuntimeApi[] = "AWS_LAMBDA_RUNTIME_API";
// For drops that the cache doesn't have yet, when the loop ends.
constexpr std::chrono::seconds kDropTime{1};

// Waits for nothing but the loop, so what ends this is the Runtime API, or a signal.
int RunLambda(const Settings& settings) {
  const char* api = std::getenv(kRuntimeApi);
  if (api == nullptr || *api == '\0') {
    return Failed(
        std::string(kRuntimeApi) +
        " isn't set: this runs where the Lambda Runtime API is, on AWS Lambda or beside a "
        "trigger of `cruddur dynamodb`");
  }
  net::LoopPool loops(1);
  const base::SystemClock clock;
  auto cache = PageStore::OpenShared(settings, loops.loop(0));
  auto client = MakeEndpointClient(settings, settings.Text("store-endpoint"));
  std::unique_ptr<ProjectionFunction> projection;
  if (client && cache) projection = std::make_unique<ProjectionFunction>(**client, cache->get());
  stream::HandlerTarget function(projection ? projection->handler() : stream::RecordsHandler());
  auto loop = stream::RuntimeLoop::Create(api, function, clock);
  if (!loop) return Failed(loop.error().message);
  const auto run = [&](base::Task<base::Status> task) {
    return base::asio::co_spawn(loops.loop(0), std::move(task), base::asio::use_future).get();
  };
  if (!projection) {
    const std::string& why = client ? cache.error().message : client.error().message;
    if (const auto told = run((*loop)->ReportInitError(why)); !told) {
      base::Log(base::LogLevel::kWarn, "init error not reported",
                {{"reason", told.error().message}});
    }
    return Failed(why);
  }
  const base::Status ended = run((*loop)->Run());
  cache->Stop(kDropTime);
  // What an invocation left under way at its deadline ends with the loop.
  loops.Stop();
  return Failed(ended.error().message);
}

}  // namespace

void AddLambdaCommand(CommandLine& line) {
  std::vector<Flag> settings = {"config",    "store-endpoint", "region", "store-deadline-ms",
                                "log-level", "log-format"};
  for (const std::string_view name : SharedCacheSettings()) settings.emplace_back(name);
  line.AddCommand(line.root(), "lambda", "Run the projection as a custom runtime of AWS Lambda",
                  std::move(settings), RunLambda);
}

}  // namespace cruddur::app
