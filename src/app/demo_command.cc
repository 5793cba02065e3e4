// cruddur demo: the demonstration's users and conversation, in the data that `serve` will use.
#include <fmt/format.h>

#include "app/import.h"
#include "app/serve_commands.h"
#include "app/store.h"
#include "app/users_database.h"
#include "base/clock.h"
#include "base/run_task.h"

namespace cruddur::app {
namespace {

constexpr std::string_view kFirst = "andrewbrown", kSecond = "bayko";

base::Status LoadUsers(const Settings& settings, const std::string& my_handle) {
  const auto options = DatabaseOf(settings);
  const base::Micros now = base::SystemClock().Now();
  TRY(accounts::EnsureDatabase(options, now));
  std::optional<accounts::SeedUser> own;
  if (!my_handle.empty()) own = accounts::SeedUser{.handle = my_handle};
  TRY_ASSIGN(auto report, accounts::SeedDatabase(options, own, now));
  for (const std::string& handle : report.added) fmt::print("user @{} added\n", handle);
  return {};
}

// The store ends inside the Task, while the loop that it was used on still runs.
base::Task<base::Status> LoadConversation(const Settings& settings, MessageStore store) {
  CO_TRY_ASSIGN(auto first, FindPerson(settings, kFirst));
  CO_TRY_ASSIGN(auto second, FindPerson(settings, kSecond));
  CO_TRY_ASSIGN(auto lines, ParseConversation(DemoConversation()));
  auto imported =
      co_await Import(*store.client, std::move(first), std::move(second), std::move(lines));
  if (imported && !imported->was_complete) {
    fmt::print("{} messages between @{} and @{}\n", imported->messages, kFirst, kSecond);
  } else if (!imported && imported.error().code != base::ErrorCode::kAlreadyExists) {
    co_return std::unexpected(imported.error());
  }
  co_return base::Status();
}

int Demo(const Settings& settings, const std::string& my_handle) {
  if (auto done = LoadUsers(settings, my_handle); !done) return Failed(done.error().message);
  auto store = OpenStore(settings);
  if (!store) return Failed(store.error().message);
  auto loaded = base::RunTask(LoadConversation(settings, *std::move(store)));
  if (!loaded) return Failed(loaded.error().message);
  return EXIT_SUCCESS;
}

}  // namespace

void AddDemoCommand(CommandLine& line) {
  auto& my_handle = line.Own<std::string>();
  std::vector<Flag> flags = {"connection-url"};
  for (std::string_view name : StoreSettings()) flags.emplace_back(name);
  CLI::App& command = line.AddCommand(
      line.root(), "demo", "Add demo users and a demo conversation, where they are missing", flags,
      [&](const Settings& settings) { return Demo(settings, my_handle); });
  command.add_option("--my-handle", my_handle, "adds a user of your own too");
}

}  // namespace cruddur::app
