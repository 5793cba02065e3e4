// cruddur dynamodb: the DynamoDB endpoint alone, and its tables' triggers.
#include "app/endpoints.h"
#include "app/serve_commands.h"
#include "app/stop_signal.h"
#include "app/triggers.h"
#include "base/log.h"

namespace cruddur::app {
namespace {

// Where there are triggers, GET /metrics tells how they fare; no call of DynamoDB's has that path.
// If callers need credentials, who has none here is told on this machine only.
net::Handler WithMetrics(net::Handler handler, const base::Registry& registry, bool guarded) {
  return [handler = std::move(handler), &registry, guarded](
             const net::Request& request, net::Response& response) -> base::Task<void> {
    if (request.path != "/metrics" || request.method != "GET") return handler(request, response);
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    if (guarded && !IsLoopback(request.remote_address)) {
      response.status = 403;
      response.body = "only from this machine\n";
    } else {
      response.body = registry.Render();
    }
    return []() -> base::Task<void> { co_return; }();
  };
}

int RunDynamodb(const Settings& settings, const std::vector<std::string>& trigger_flags) {
  StopSignal stop;
  auto access = Access::Load(settings);
  if (!access) return Failed(access.error().message);
  auto specified = TriggersOf(settings, trigger_flags);
  if (!specified) return WrongSetting(specified.error().message);
  auto engine = OpenEngine(settings);
  if (!engine) return Failed(engine.error().message);
  base::Registry registry;
  net::LoopPool loops(static_cast<size_t>(settings.Integer("threads")));
  const base::SystemClock clock;
  dynamo::WireServer wire(**engine, {.region = settings.Text("region"),
                                     .authenticator = access->Guard(**engine, clock)});
  std::unique_ptr<Triggers> triggers;
  net::Handler handler = wire.handler();
  if (!specified->empty()) {
    auto started = Triggers::Start(settings, *std::move(specified), **engine, loops, registry);
    if (!started) return Failed(started.error().message);
    triggers = *std::move(started);
    handler = WithMetrics(std::move(handler), registry, access->guarded());
  }
  auto server = StartDynamodb(loops, std::move(handler), settings);
  if (!server) return Failed(server.error().message);
  Announce("dynamodb", false, settings, (*server)->port());
  stop.Wait(access->guarded() ? [&] { access->Reload(); } : std::function<void()>());
  base::Log(base::LogLevel::kInfo, "stopping");
  // First, for functions may write into the endpoint.
  if (triggers) triggers->Stop();
  (*server)->Stop(std::chrono::milliseconds(settings.Integer("stop-grace-ms")));
  triggers.reset();
  engine->reset();
  return EXIT_SUCCESS;
}

}  // namespace

void AddDynamodbCommand(CommandLine& line) {
  std::vector<Flag> flags = {{"dynamodb-port", "port"}, "credentials"};
  for (std::string_view name : EngineSettings()) flags.emplace_back(name);
  for (std::string_view name : ServerSettings()) flags.emplace_back(name);
  auto& triggers = line.Own<std::vector<std::string>>();
  CLI::App& command = line.AddCommand(
      line.root(), "dynamodb", "Run the DynamoDB endpoint alone", flags,
      [&triggers](const Settings& settings) { return RunDynamodb(settings, triggers); });
  AddTriggerFlag(command, triggers);
}

}  // namespace cruddur::app
