// cruddur demo: the demonstration's users and conversation, in the data that `serve` will use.
#include <fmt/format.h>

#include <filesystem>

#include "accounts/pool_commands.h"
#include "accounts/pool_password.h"
#include "app/import.h"
#include "app/serve_commands.h"
#include "app/store.h"
#include "app/users_database.h"
#include "auth/private_file.h"
#include "base/clock.h"
#include "base/run_task.h"

namespace cruddur::app {
namespace {

constexpr std::string_view kFirst = "andrewbrown", kSecond = "bayko";

// One random password for all demo users of a data directory: a fixed one would be everybody's.
base::Status LetSignIn(const Settings& settings, const std::vector<std::string>& handles) {
  const std::string path = settings.Text("data") + "/demo-password";
  std::error_code ignored;  // what it hinders is said below
  std::filesystem::create_directories(settings.Text("data"), ignored);
  TRY_ASSIGN(std::string password,
             auth::ReadOrCreatePrivateFile(path, [] { return accounts::NewPassword() + "\n"; }));
  password = password.substr(0, password.find('\n'));
  bool any = false;
  for (const std::string& handle : handles) {
    TRY_ASSIGN(const bool set,
               accounts::SetPoolPassword(DatabaseOf(settings), handle, password,
                                         accounts::OldPassword::kKeep, base::SystemClock()));
    any = any || set;
  }
  if (any) fmt::print("they sign in with the password in {}\n", path);
  return {};
}

base::Status LoadUsers(const Settings& settings, const std::string& my_handle) {
  const auto options = DatabaseOf(settings);
  const base::Micros now = base::SystemClock().Now();
  TRY(accounts::EnsureDatabase(options, now));
  std::optional<accounts::SeedUser> own;
  if (!my_handle.empty()) own = accounts::SeedUser{.handle = my_handle};
  TRY_ASSIGN(auto report, accounts::SeedDatabase(options, own, now));
  for (const std::string& handle : report.added) fmt::print("user @{} added\n", handle);
  std::vector<std::string> handles = std::move(report.added);
  handles.insert(handles.end(), report.kept.begin(), report.kept.end());
  return LetSignIn(settings, handles);
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
