// cruddur ddb seed: a two-person conversation from a file.
#include <fmt/format.h>

#include "app/cache.h"
#include "app/conversation_file.h"
#include "app/ddb_commands.h"
#include "app/import.h"
#include "app/users_database.h"
#include "messaging/table.h"

namespace cruddur::app {
namespace {

struct SeedOptions {
  DdbTarget target;
  std::string file;
  std::string my_handle = "andrewbrown", other_handle = "bayko";
};

int Seed(const SeedOptions& options, const Settings& settings) {
  auto lines =
      options.file.empty() ? ParseConversation(DemoConversation()) : ReadConversation(options.file);
  if (!lines) return Failed(lines.error().message);
  if (options.target.show_endpoint) return RunOn(options.target, settings, {});
  auto me = FindPerson(settings, options.my_handle);
  if (!me) return Failed(me.error().message);
  auto other = FindPerson(settings, options.other_handle);
  if (!other) return Failed(other.error().message);
  if (me->uuid == other->uuid) {
    return Failed(fmt::format("@{} needs somebody else to talk to: --other-handle", me->handle));
  }
  // Also if it fails: some of it may be there.
  std::vector<std::string> partitions = {messaging::RowPartition(me->uuid),
                                         messaging::RowPartition(other->uuid)};
  const int status =
      RunOn(options.target, settings, [&](dynamo::Client& client) -> base::Task<int> {
        auto imported = co_await Import(client, *me, *other, *std::move(lines));
        if (!imported) {
          co_return Failed(fmt::format("{}: {}", EndpointOf(options.target, settings),
                                       imported.error().message));
        }
        fmt::print("{} messages of @{} and @{} from {} to {}\nconversation {}\n",
                   imported->messages, me->handle, other->handle, imported->first_at,
                   imported->last_at, imported->conversation_uuid);
        partitions.push_back(messaging::MessagePartition(imported->conversation_uuid));
        co_return EXIT_SUCCESS;
      });
  if (const auto told = DropShared(settings, partitions); !told) {
    return Failed(told.error().message);
  }
  return status;
}

}  // namespace

void AddSeedCommand(CommandLine& line, CLI::App& ddb) {
  auto& options = line.Own<SeedOptions>();
  std::vector<Flag> settings = kUsersSettings;
  settings.emplace_back("region");
  for (const std::string_view name : SharedCacheSettings()) settings.emplace_back(name);
  CLI::App& command =
      line.AddCommand(ddb, "seed", "Load a conversation of two people, a message a minute",
                      settings, [&](const Settings& s) { return Seed(options, s); });
  AddTargetOptions(command, options.target);
  command.add_option("--conversation", options.file,
                     "lines \"Person 1: …\" and \"Person 2: …\" [the demonstration's]");
  command.add_option("--my-handle", options.my_handle, "person 1")->capture_default_str();
  command.add_option("--other-handle", options.other_handle, "person 2")->capture_default_str();
}

void AddDdbCommands(CommandLine& line) {
  CLI::App& ddb = line.AddGroup(line.root(), "ddb", "The table of messages, on any DynamoDB");
  AddTableCommands(line, ddb);
  AddSeedCommand(line, ddb);
  AddPatternCommands(line, ddb);
}

}  // namespace cruddur::app
