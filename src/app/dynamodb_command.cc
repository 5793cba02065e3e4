// cruddur dynamodb: the DynamoDB endpoint alone.
#include "app/endpoints.h"
#include "app/serve_commands.h"
#include "app/stop_signal.h"
#include "base/log.h"

namespace cruddur::app {
namespace {

int RunDynamodb(const Settings& settings) {
  StopSignal stop;
  auto access = Access::Load(settings);
  if (!access) return Failed(access.error().message);
  auto engine = OpenEngine(settings);
  if (!engine) return Failed(engine.error().message);
  net::LoopPool loops(static_cast<size_t>(settings.Integer("threads")));
  const base::SystemClock clock;
  dynamo::WireServer wire(**engine, {.region = settings.Text("region"),
                                     .authenticator = access->Guard(**engine, clock)});
  auto server = StartDynamodb(loops, wire, settings);
  if (!server) return Failed(server.error().message);
  Announce("dynamodb", false, settings, (*server)->port());
  stop.Wait(access->guarded() ? [&] { access->Reload(); } : std::function<void()>());
  base::Log(base::LogLevel::kInfo, "stopping");
  (*server)->Stop(std::chrono::milliseconds(settings.Integer("stop-grace-ms")));
  engine->reset();
  return EXIT_SUCCESS;
}

}  // namespace

void AddDynamodbCommand(CommandLine& line) {
  std::vector<Flag> flags = {{"dynamodb-port", "port"}, "credentials"};
  for (std::string_view name : EngineSettings()) flags.emplace_back(name);
  for (std::string_view name : ServerSettings()) flags.emplace_back(name);
  line.AddCommand(line.root(), "dynamodb", "Run the DynamoDB endpoint alone", flags, RunDynamodb);
}

}  // namespace cruddur::app
