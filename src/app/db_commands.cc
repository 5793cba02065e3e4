#include "app/db_commands.h"

#include <fmt/format.h>

#include "app/users_database.h"
#include "base/clock.h"

namespace cruddur::app {
namespace {

base::Micros Now() { return base::SystemClock().Now(); }

// The step's name stands before the reason, for `setup` does so too.
int FailedStep(std::string_view step, const base::Error& error) {
  return Failed(fmt::format("{}: {}", step, error.message));
}

int Create(const Settings& settings) {
  const auto options = DatabaseOf(settings);
  if (auto done = accounts::CreateDatabase(options); !done) {
    return FailedStep("create", done.error());
  }
  fmt::print("{} created\n", accounts::DescribeDatabase(options));
  return EXIT_SUCCESS;
}

int Drop(const Settings& settings) {
  const auto options = DatabaseOf(settings);
  auto dropped = accounts::DropDatabase(options);
  if (!dropped) return FailedStep("drop", dropped.error());
  fmt::print("{} {}\n", accounts::DescribeDatabase(options),
             *dropped ? "dropped" : "was not there");
  return EXIT_SUCCESS;
}

int LoadSchema(const Settings& settings) {
  auto report = accounts::LoadSchema(DatabaseOf(settings), Now());
  if (!report) return FailedStep("schema-load", report.error());
  for (const std::string& migration : report->applied) fmt::print("applied {}\n", migration);
  fmt::print("schema version {}\n", report->version);
  return EXIT_SUCCESS;
}

int Seed(const Settings& settings, const std::optional<accounts::SeedUser>& own) {
  auto report = accounts::SeedDatabase(DatabaseOf(settings), own, Now());
  if (!report) return FailedStep("seed", report.error());
  for (const std::string& handle : report->added) fmt::print("added @{}\n", handle);
  for (const std::string& handle : report->kept) fmt::print("kept @{}\n", handle);
  return EXIT_SUCCESS;
}

int Setup(const Settings& settings, const std::optional<accounts::SeedUser>& own) {
  const base::SystemClock clock;
  auto pool = CognitoPoolOf(settings, clock);
  if (!pool) return FailedStep("update_cognito_user_ids", pool.error());
  auto done = accounts::SetupDatabase(DatabaseOf(settings), own, pool->get(), Now(),
                                      [](std::string_view step) { fmt::print("== {}\n", step); });
  if (!done) return Failed(done.error().message);
  return EXIT_SUCCESS;
}

int Connect(const Settings& settings) {
  auto program = accounts::ClientFor(DatabaseOf(settings));
  if (!program) return FailedStep("connect", program.error());
  return FailedStep("connect", accounts::Execute(*program).error());
}

int UpdateCognitoUserIds(const Settings& settings) {
  const base::SystemClock clock;
  auto pool = CognitoPoolOf(settings, clock);
  if (!pool) return FailedStep("update_cognito_user_ids", pool.error());
  auto report = accounts::UpdateCognitoUserIds(DatabaseOf(settings), pool->get());
  if (!report) return FailedStep("update_cognito_user_ids", report.error());
  for (const auto& copied : report->updated) fmt::print("@{} {}\n", copied.handle, copied.sub);
  for (const std::string& sub : report->no_handle) {
    fmt::print(stderr, "skipped {}: no preferred_username\n", sub);
  }
  for (const std::string& handle : report->unknown) {
    fmt::print(stderr, "skipped @{}: not in users\n", handle);
  }
  return EXIT_SUCCESS;
}

// --my-handle and its neighbours, for the user of the operator's choice.
const accounts::SeedUser& AddOwnUserOptions(CommandLine& line, CLI::App& command) {
  auto& own = line.Own<accounts::SeedUser>();
  CLI::Option* handle =
      command.add_option("--my-handle", own.handle, "adds a user of your own to the demo users");
  command.add_option("--my-display-name", own.display_name, "that user's name")->needs(handle);
  command.add_option("--my-email", own.email, "that user's email")->needs(handle);
  return own;
}

std::optional<accounts::SeedUser> Given(const accounts::SeedUser& own) {
  if (own.handle.empty()) return std::nullopt;
  return own;
}

}  // namespace

void AddDbCommands(CommandLine& line) {
  CLI::App& db = line.AddGroup(line.root(), "db", "The users database (SQLite or PostgreSQL)");
  line.AddCommand(db, "create", "Create the database", kUsersSettings, Create);
  line.AddCommand(db, "drop", "Drop the database", kUsersSettings, Drop);
  line.AddCommand(db, "schema-load", "Bring the schema up to date", kUsersSettings, LoadSchema);
  line.AddCommand(db, "connect", "Open psql or sqlite3 on the database", kUsersSettings, Connect);
  line.AddCommand(db, "update_cognito_user_ids",
                  "Copy each pool user's sub to the user of that handle", kPoolSettings,
                  UpdateCognitoUserIds);

  auto& seeding = line.Own<const accounts::SeedUser*>();
  CLI::App& seed =
      line.AddCommand(db, "seed", "Add the demo users", kUsersSettings,
                      [&](const Settings& settings) { return Seed(settings, Given(*seeding)); });
  seeding = &AddOwnUserOptions(line, seed);

  auto& setting_up = line.Own<const accounts::SeedUser*>();
  CLI::App& setup = line.AddCommand(
      db, "setup",
      "drop, create, schema-load, seed, update_cognito_user_ids; stops at the first failure",
      kPoolSettings, [&](const Settings& settings) { return Setup(settings, Given(*setting_up)); });
  setting_up = &AddOwnUserOptions(line, setup);
}

}  // namespace cruddur::app
