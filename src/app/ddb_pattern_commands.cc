// cruddur ddb patterns: access patterns A and B as plain queries, for those who look at the table.
#include <fmt/format.h>

#include <ctime>

#include "app/ddb_commands.h"
#include "app/users_database.h"
#include "base/timestamp.h"
#include "dynamo/capacity_codec.h"
#include "dynamo/pages_codec.h"
#include "json/pretty.h"
#include "messaging/store.h"
#include "messaging/table.h"
#include "messaging/text.h"

namespace cruddur::app {
namespace {

constexpr int64_t kPage = 20;

struct PatternOptions {
  DdbTarget target;
  std::string my_handle = "andrewbrown", other_handle = "bayko", conversation;
};

model::QueryRequest NewestOf(std::string partition) {
  model::QueryRequest request{.table = std::string(messaging::kTableName),
                              .key_condition_expression = "pk = :pk",
                              .limit = kPage,
                              .scan_index_forward = false,
                              .return_consumed_capacity = model::ReturnConsumedCapacity::kTotal};
  request.placeholders.values = {{":pk", std::move(partition)}};
  return request;
}

void PrintResponse(const model::PageResponse& page) {
  std::string text;
  json::Writer writer(text);
  dynamo::WriteResponse(writer, page, model::Select::kDefault);
  fmt::print("{}\n", json::Pretty(text));
}

void PrintCapacity(const model::PageResponse& page) {
  if (!page.consumed_capacity) return;
  std::string text;
  json::Writer writer(text);
  dynamo::WriteCapacity(writer, *page.consumed_capacity);
  fmt::print("{}\n", json::Pretty(text));
}

// "2023-03-24 08:09 AM", in UTC; what can't be read as a time is shown as it is.
std::string TwelveHourTime(std::string_view stored) {
  const auto time = base::ParseTimestamp(stored);
  if (!time) return std::string(stored);
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(*time).count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %I:%M %p", &parts);
  return text;
}

base::Task<model::DbResult<std::string>> ConversationOf(messaging::Store& store,
                                                        const messaging::Person& me,
                                                        const messaging::Person& other) {
  CO_TRY_ASSIGN(auto pair, co_await store.FindPair(me.uuid, other.uuid));
  if (pair) co_return *pair;
  CO_TRY_ASSIGN(auto row, co_await store.RowWith(me.uuid, other.uuid));
  co_return row ? row->conversation_uuid : std::string();
}

int GetConversation(const PatternOptions& options, const Settings& settings) {
  if (options.target.show_endpoint) return RunOn(options.target, settings, {});
  std::optional<messaging::Person> me, other;
  if (options.conversation.empty()) {
    auto found = FindPerson(settings, options.my_handle);
    if (!found) return Failed(found.error().message);
    me = *std::move(found);
    found = FindPerson(settings, options.other_handle);
    if (!found) return Failed(found.error().message);
    other = *std::move(found);
  }
  return RunOn(options.target, settings, [&](dynamo::Client& client) -> base::Task<int> {
    std::string conversation = options.conversation;
    if (conversation.empty()) {
      messaging::Store store(client, std::string(messaging::kTableName));
      auto found = co_await ConversationOf(store, *me, *other);
      if (!found) co_return FailedCall(found.error(), options.target, settings);
      if (found->empty()) {
        co_return Failed(
            fmt::format("@{} and @{} have no conversation yet (`cruddur ddb seed` "
                        "loads one)",
                        me->handle, other->handle));
      }
      conversation = *found;
    }
    auto page = co_await client.Query(NewestOf(messaging::MessagePartition(conversation)));
    if (!page) co_return FailedCall(page.error(), options.target, settings);
    PrintResponse(*page);
    PrintCapacity(*page);
    for (auto item = page->items.rbegin(); item != page->items.rend(); ++item) {
      fmt::print("{:<12}{:<22}{}...\n", item->FindString("user_handle"),
                 TwelveHourTime(item->FindString("sk")),
                 messaging::FirstCodePoints(item->FindString("message"), 40));
    }
    co_return EXIT_SUCCESS;
  });
}

int ListConversations(const PatternOptions& options, const Settings& settings) {
  if (options.target.show_endpoint) return RunOn(options.target, settings, {});
  auto me = FindPerson(settings, options.my_handle);
  if (!me) return Failed(me.error().message);
  return RunOn(options.target, settings, [&](dynamo::Client& client) -> base::Task<int> {
    auto page = co_await client.Query(NewestOf(messaging::RowPartition(me->uuid)));
    if (!page) co_return FailedCall(page.error(), options.target, settings);
    PrintResponse(*page);
    co_return EXIT_SUCCESS;
  });
}

}  // namespace

void AddPatternCommands(CommandLine& line, CLI::App& ddb) {
  CLI::App& patterns = line.AddGroup(ddb, "patterns", "The access patterns as queries");
  std::vector<Flag> settings = kUsersSettings;
  settings.emplace_back("region");
  {
    auto& options = line.Own<PatternOptions>();
    CLI::App& command =
        line.AddCommand(patterns, "get-conversation", "The newest messages of a conversation",
                        settings, [&](const Settings& s) { return GetConversation(options, s); });
    AddTargetOptions(command, options.target);
    command.add_option("--my-handle", options.my_handle, "one member")->capture_default_str();
    command.add_option("--other-handle", options.other_handle, "the other")->capture_default_str();
    command.add_option("--conversation", options.conversation, "its uuid, instead of the handles");
  }
  {
    auto& options = line.Own<PatternOptions>();
    CLI::App& command =
        line.AddCommand(patterns, "list-conversations", "A user's latest conversations", settings,
                        [&](const Settings& s) { return ListConversations(options, s); });
    AddTargetOptions(command, options.target);
    command.add_option("--my-handle", options.my_handle, "the user")->capture_default_str();
  }
}

}  // namespace cruddur::app
