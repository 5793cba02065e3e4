#include "app/triggers.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "app/function.h"
#include "dynamo/in_process_client.h"
#include "stream/dead_letter_table.h"
#include "stream/event_source_mapping.h"

namespace cruddur::app {
namespace {

using base::ErrorCode;
using base::Fail;

}  // namespace

void AddTriggerFlag(CLI::App& command, std::vector<std::string>& triggers) {
  command
      .add_option("--trigger", triggers,
                  "TABLE=TARGET: invoke a function with the table's stream; TARGET is "
                  "http://HOST:PORT, for what takes Lambda invocations, or runtime://HOST:PORT, to "
                  "serve the Lambda Runtime API there ([[trigger]] in the file says more)")
      ->allow_extra_args(false);
}

// In the order in which they are made; destroyed in reverse.
struct Triggers::Trigger {
  Function function;
  std::unique_ptr<stream::EventSourceMapping> mapping;
};
struct Triggers::Parts {
  explicit Parts(engine::Engine& engine) : client(engine) {}

  dynamo::InProcessClient client;
  base::SystemClock clock;
  std::vector<Trigger> triggers;
};

namespace {

// What is given up goes where `on_failure` says, or beside the checkpoint.
std::unique_ptr<stream::DeadLetters> DeadLettersOf(std::string_view on_failure,
                                                   const std::string& file, dynamo::Client& client,
                                                   const base::Clock& clock) {
  using stream::DeadLetterFile, stream::DeadLetterTable;
  if (on_failure.empty()) return std::make_unique<DeadLetterFile>(file + ".dead-letters.jsonl");
  if (on_failure.starts_with(DeadLetterTable::kScheme)) {
    on_failure.remove_prefix(DeadLetterTable::kScheme.size());
    return std::make_unique<DeadLetterTable>(client, std::string(on_failure), clock);
  }
  return std::make_unique<DeadLetterFile>(std::string(on_failure));
}

}  // namespace

Triggers::Triggers() = default;

Triggers::~Triggers() { Stop(); }

void Triggers::Stop() {
  if (!parts_) return;
  for (Trigger& trigger : parts_->triggers) trigger.mapping->BeginStop();
  for (Trigger& trigger : parts_->triggers) trigger.mapping->Stop();
  for (Trigger& trigger : parts_->triggers) trigger.function.Stop();
}

base::Result<std::unique_ptr<Triggers>> Triggers::Start(const Settings& settings,
                                                        std::vector<TriggerSettings> triggers,
                                                        engine::Engine& engine,
                                                        net::LoopPool& loops,
                                                        base::Registry& registry) {
  auto started = std::unique_ptr<Triggers>(new Triggers);
  started->parts_ = std::make_unique<Parts>(engine);
  Parts& parts = *started->parts_;
  const std::string folder = settings.Text("data") + "/triggers";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return Fail(ErrorCode::kIo, fmt::format("can't make '{}': {}", folder, error.message()));
  }
  const auto subscribe = [&engine](const std::string& table, stream::CommitListener listener) {
    return engine.Subscribe(
        table, [listener = std::move(listener)](const engine::CommittedRecords& commit) {
          listener(commit.records);
        });
  };
  for (TriggerSettings& trigger : triggers) {
    stream::MappingSettings mapping;
    mapping.name = trigger.name;
    mapping.table = trigger.table;
    mapping.options = trigger.options;
    mapping.filters = std::move(trigger.filters);
    mapping.region = settings.Text("region");
    mapping.function_arn = FunctionArn(settings, trigger);
    const std::string file = folder + "/" + trigger.name;
    // What isn't kept begins anew with each start, and so does its stream.
    if (!settings.Boolean("in-memory")) mapping.checkpoint_path = file + ".checkpoint";
    mapping.dead_letters = DeadLettersOf(trigger.on_failure, file, parts.client, parts.clock);
    mapping.stop_grace = std::chrono::milliseconds(settings.Integer("stop-grace-ms"));
    TRY_ASSIGN(Function function, MakeFunction(settings, trigger, loops));
    Trigger& made = parts.triggers.emplace_back();
    made.function = std::move(function);
    made.mapping = std::make_unique<stream::EventSourceMapping>(
        loops.Next(), parts.client, subscribe, *made.function.target, registry, parts.clock,
        std::move(mapping));
  }
  for (Trigger& trigger : parts.triggers) trigger.mapping->Start();
  return started;
}

}  // namespace cruddur::app
