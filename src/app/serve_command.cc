// cruddur serve: the main job.
#include "app/application.h"
#include "app/endpoints.h"
#include "app/serve_commands.h"
#include "app/stop_signal.h"
#include "app/store.h"
#include "app/triggers.h"
#include "base/log.h"

namespace cruddur::app {
namespace {

int Serve(const Settings& settings, const std::vector<std::string>& trigger_flags) {
  StopSignal stop;
  auto triggers = TriggersOf(settings, trigger_flags);
  if (!triggers) return WrongSetting(triggers.error().message);
  auto application = Application::Start(settings, *std::move(triggers));
  if (!application) return Failed(application.error().message);
  stop.Wait((*application)->guarded() ? [&] { (*application)->ReloadCredentials(); }
                                      : std::function<void()>());
  base::Log(base::LogLevel::kInfo, "stopping");
  application->reset();
  return EXIT_SUCCESS;
}

}  // namespace

void AddServeCommand(CommandLine& line) {
  std::vector<Flag> flags = {"port", "dynamodb-port", "credentials"};
  for (std::string_view name : ServerSettings()) flags.emplace_back(name);
  for (std::string_view name : StoreSettings()) flags.emplace_back(name);
  for (std::string_view name : {"page-cache-mb",
                                "cache-url",
                                "cache-ca",
                                "cache-ttl-seconds",
                                "cache-timeout-ms",
                                "momento-cache-name",
                                "momento-endpoint",
                                "connection-url",
                                "database-pool",
                                "cognito-pool-id",
                                "cognito-client-id",
                                "cognito-endpoint",
                                "cognito-issuer",
                                "outbox",
                                "smtp-url",
                                "smtp-from",
                                "smtp-user",
                                "smtp-starttls",
                                "smtp-ca",
                                "sign-in-rate",
                                "allowed-origins",
                                "tls-cert",
                                "tls-key"}) {
    flags.emplace_back(name);
  }
  auto& triggers = line.Own<std::vector<std::string>>();
  CLI::App& command = line.AddCommand(
      line.root(), "serve", "Run the API and, on an embedded store, its DynamoDB endpoint", flags,
      [&triggers](const Settings& settings) { return Serve(settings, triggers); });
  AddTriggerFlag(command, triggers);
}

}  // namespace cruddur::app
