// cruddur stream: what triggers have left.
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <utility>

#include "app/function.h"
#include "app/serve_commands.h"
#include "stream/redrive.h"

namespace cruddur::app {
namespace {

struct RedriveArguments {
  std::string file, target;
  int64_t timeout = 60;
};

int RunRedrive(const Settings& settings, const RedriveArguments& arguments) {
  TriggerSettings trigger;
  trigger.name = trigger.function_name = "redrive";
  trigger.target = arguments.target;
  trigger.timeout = std::chrono::seconds(arguments.timeout);
  net::LoopPool loops(1);
  auto function = MakeFunction(settings, trigger, loops);
  if (!function) return WrongSetting(function.error().message);
  const auto report =
      base::asio::co_spawn(loops.loop(0), stream::Redrive(arguments.file, *function->target),
                           base::asio::use_future)
          .get();
  function->Stop();
  if (!report) return Failed(report.error().message);
  fmt::print("{} replayed, {} failed\n", report->replayed, report->failed);
  if (report->failed == 0) return EXIT_SUCCESS;
  return Failed(fmt::format("{} dead letters are left in {}: {}", report->failed, arguments.file,
                            report->last_error));
}

}  // namespace

void AddStreamCommands(CommandLine& line) {
  CLI::App& group = line.AddGroup(line.root(), "stream", "What triggers have left");
  auto& arguments = line.Own<RedriveArguments>();
  CLI::App& redrive = line.AddCommand(
      group, "redrive", "Hand dead letters to a function once more", {"config", "region"},
      [&arguments](const Settings& settings) { return RunRedrive(settings, arguments); });
  redrive.add_option("file", arguments.file, "dead letters, one JSON line each")->required();
  redrive
      .add_option("--target", arguments.target,
                  "the function: http://HOST:PORT or runtime://HOST:PORT, as of a trigger")
      ->required();
  redrive.add_option("--timeout", arguments.timeout, "the function's, in seconds [60]")
      ->check(CLI::Range(1, 900));
}

}  // namespace cruddur::app
