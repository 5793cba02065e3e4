#include "app/function.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "app/endpoints.h"
#include "base/log.h"
#include "net/client.h"
#include "stream/http_target.h"
#include "stream/runtime_api.h"

namespace cruddur::app {
namespace {

constexpr std::string_view kRuntime = "runtime://";

base::Result<Function> ServeRuntime(const Settings& settings, const TriggerSettings& trigger,
                                    net::LoopPool& loops) {
  TRY_ASSIGN(const net::Origin origin,
             net::Origin::Parse("http://" + trigger.target.substr(kRuntime.size())));
  auto api = std::make_unique<stream::RuntimeApi>(
      stream::RuntimeApiOptions{.name = trigger.name,
                                .function_arn = FunctionArn(settings, trigger),
                                .host = origin.host,
                                .timeout = trigger.timeout});
  net::ServerOptions options = ServerOptionsOf(settings, origin.port, stream::RuntimeApi::Limits());
  options.host = origin.host;
  Function function;
  TRY_ASSIGN(function.server,
             net::Server::Start(
                 loops, std::move(options),
                 [api = api.get()](const net::Request& request, net::Response& response) {
                   return api->Handle(request, response);
                 },
                 stream::RuntimeApi::OnProtocolError));
  if (!IsLoopback(origin.host)) {
    base::Log(base::LogLevel::kWarn,
              "the Runtime API asks nobody who they are: who reaches it gets the table's records",
              {{"trigger", trigger.name}, {"host", origin.host}});
  }
  fmt::print("trigger {} runtime {}:{}\n", trigger.name, origin.host, function.server->port());
  std::fflush(stdout);
  function.target = std::move(api);
  return function;
}

}  // namespace

void Function::Stop() {
  target->Stop(true);
  if (server) server->Stop(std::chrono::milliseconds(500));
}

std::string FunctionArn(const Settings& settings, const TriggerSettings& trigger) {
  return fmt::format("arn:aws:lambda:{}:000000000000:function:{}", settings.Text("region"),
                     trigger.function_name);
}

base::Result<Function> MakeFunction(const Settings& settings, const TriggerSettings& trigger,
                                    net::LoopPool& loops) {
  if (trigger.target.starts_with(kRuntime)) return ServeRuntime(settings, trigger, loops);
  Function function;
  TRY_ASSIGN(function.target, stream::HttpTarget::Create(trigger.target, trigger.timeout));
  return function;
}

}  // namespace cruddur::app
