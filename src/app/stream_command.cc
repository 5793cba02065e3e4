// cruddur stream: what triggers have left.
#include <fmt/format.h>

#include <utility>

#include "app/ddb_target.h"
#include "app/function.h"
#include "app/serve_commands.h"
#include "base/run_task.h"
#include "stream/dead_letter_table.h"
#include "stream/redrive.h"

namespace cruddur::app {
namespace {

using stream::DeadLetterTable;

struct RedriveArguments {
  std::string from, target;
  int64_t timeout = 60;
  DdbTarget store;  // of a table
};

base::Task<base::Result<stream::RedriveReport>> RedriveTable(dynamo::Client& client,
                                                             std::string name,
                                                             stream::Target& target) {
  const base::SystemClock clock;
  DeadLetterTable table(client, std::move(name), clock);
  co_return co_await stream::Redrive(table, target);
}

int Tell(const base::Result<stream::RedriveReport>& report, const std::string& from) {
  if (!report) return Failed(report.error().message);
  fmt::print("{} replayed, {} failed\n", report->replayed, report->failed);
  if (report->failed == 0) return EXIT_SUCCESS;
  return Failed(
      fmt::format("{} dead letters are left in {}: {}", report->failed, from, report->last_error));
}

int RunRedrive(const Settings& settings, const RedriveArguments& arguments) {
  TriggerSettings trigger;
  trigger.name = trigger.function_name = "redrive";
  trigger.target = arguments.target;
  trigger.timeout = std::chrono::seconds(arguments.timeout);
  net::LoopPool loops(1);
  auto function = MakeFunction(settings, trigger, loops);
  if (!function) return WrongSetting(function.error().message);
  const std::string& from = arguments.from;
  int status = EXIT_SUCCESS;
  if (from.starts_with(DeadLetterTable::kScheme)) {
    const std::string name = from.substr(DeadLetterTable::kScheme.size());
    status = RunOn(arguments.store, settings, [&](dynamo::Client& client) -> base::Task<int> {
      co_return Tell(co_await RedriveTable(client, name, *function->target), from);
    });
  } else {
    status = Tell(base::RunTask(stream::Redrive(from, *function->target)), from);
  }
  function->Stop();
  return status;
}

}  // namespace

void AddStreamCommands(CommandLine& line) {
  CLI::App& group = line.AddGroup(line.root(), "stream", "What triggers have left");
  auto& arguments = line.Own<RedriveArguments>();
  CLI::App& redrive = line.AddCommand(
      group, "redrive", "Hand dead letters to a function once more", {"config", "region"},
      [&arguments](const Settings& settings) { return RunRedrive(settings, arguments); });
  redrive
      .add_option("from", arguments.from,
                  "dead letters: a file of a JSON line each, or table://NAME")
      ->required();
  redrive.add_option("--endpoint-url", arguments.store.endpoint_url,
                     "of the table [http://localhost:8000]");
  redrive
      .add_option("--target", arguments.target,
                  "the function: http://HOST:PORT or runtime://HOST:PORT, as of a trigger")
      ->required();
  redrive.add_option("--timeout", arguments.timeout, "the function's, in seconds [60]")
      ->check(CLI::Range(1, 900));
}

}  // namespace cruddur::app
