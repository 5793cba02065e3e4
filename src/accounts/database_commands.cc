#include "accounts/database_commands.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "accounts/built_in_user_pool.h"
#include "accounts/connection_pool.h"
#include "accounts/postgres.h"
#include "accounts/sqlite.h"
#include "base/run_task.h"

namespace cruddur::accounts {
namespace {

Deadline Within(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

base::Result<std::unique_ptr<Connection>> Open(const DatabaseOptions& options) {
  const DatabaseOptions patient = ForCommands(options);
  TRY_ASSIGN(auto connection, OpenConnection(patient, Within(patient.connect_time)));
  connection->SetDeadline(Within(patient.call_time));
  return connection;
}

// One connection: the commands do one thing after another.
DatabaseOptions ForOneConnection(const DatabaseOptions& options) {
  DatabaseOptions single = ForCommands(options);
  single.connections = 1;
  return single;
}

}  // namespace

DatabaseOptions ForCommands(DatabaseOptions options) {
  options.connect_time = std::chrono::seconds(5);
  options.call_time = std::chrono::minutes(1);
  return options;
}

std::string DescribeDatabase(const DatabaseOptions& options) {
  if (!options.is_postgres()) return options.sqlite_path;
  const auto variables = PostgresEnvironment(options.connection_url);
  std::string host = "localhost", port, name;
  for (const auto& [variable, value] : variables ? *variables : decltype(*variables){}) {
    if (variable == "PGHOST") host = value;
    if (variable == "PGPORT") port = ":" + value;
    if (variable == "PGDATABASE") name = "/" + value;
  }
  return "postgresql://" + host + port + name;
}

base::Status CreateDatabase(const DatabaseOptions& options) {
  if (!options.is_postgres()) return CreateSqlite(options.sqlite_path);
  return CreatePostgres(options.connection_url);
}

base::Result<bool> DropDatabase(const DatabaseOptions& options) {
  if (!options.is_postgres()) return DropSqlite(options.sqlite_path);
  return DropPostgres(options.connection_url);
}

base::Result<SchemaReport> LoadSchema(const DatabaseOptions& options, base::Micros now) {
  TRY_ASSIGN(const auto connection, Open(options));
  return LoadSchema(*connection, now);
}

base::Result<SchemaReport> EnsureDatabase(const DatabaseOptions& options, base::Micros now) {
  // Tried first: a role that may use its database need not be one that may create databases.
  auto loaded = LoadSchema(options, now);
  if (loaded || loaded.error().code != base::ErrorCode::kUnavailable) return loaded;
  const auto created = CreateDatabase(options);
  if (!created && created.error().code != base::ErrorCode::kAlreadyExists) {
    return std::unexpected(created.error());
  }
  return LoadSchema(options, now);
}

base::Result<SeedReport> SeedDatabase(const DatabaseOptions& options,
                                      const std::optional<SeedUser>& own, base::Micros now) {
  TRY_ASSIGN(const auto connection, Open(options));
  auto users = DemoUsers();
  if (own) users.push_back(*own);
  return SeedUsers(*connection, users, now);
}

base::Result<CognitoUserIdsReport> UpdateCognitoUserIds(const DatabaseOptions& options,
                                                        UserPool* pool) {
  ConnectionPool connections(ForOneConnection(options));
  BuiltInUserPool built_in(connections);
  return base::RunTask(UpdateCognitoUserIds(connections, pool ? *pool : built_in));
}

base::Result<std::vector<PoolUser>> ListBuiltInPoolUsers(const DatabaseOptions& options) {
  ConnectionPool connections(ForOneConnection(options));
  BuiltInUserPool pool(connections);
  return base::RunTask(ListAllUsers(pool));
}

base::Status SetupDatabase(const DatabaseOptions& options, const std::optional<SeedUser>& own,
                           UserPool* pool, base::Micros now,
                           const std::function<void(std::string_view step)>& on_step) {
  // A step's result as a status.
  const auto done = [](const auto& result) -> base::Status {
    if (!result) return std::unexpected(result.error());
    return {};
  };
  const std::pair<std::string_view, std::function<base::Status()>> steps[] = {
      {"drop", [&] { return done(DropDatabase(options)); }},
      {"create", [&] { return CreateDatabase(options); }},
      {"schema-load", [&] { return done(LoadSchema(options, now)); }},
      {"seed", [&] { return done(SeedDatabase(options, own, now)); }},
      {"update_cognito_user_ids", [&] { return done(UpdateCognitoUserIds(options, pool)); }},
  };
  for (const auto& [name, step] : steps) {
    on_step(name);
    if (auto status = step(); !status) {
      status.error().message = std::string(name) + ": " + status.error().message;
      return status;
    }
  }
  return {};
}

base::Result<ClientProgram> ClientFor(const DatabaseOptions& options) {
  if (!options.is_postgres()) {
    if (::access(options.sqlite_path.c_str(), F_OK) != 0) {
      return base::Fail(base::ErrorCode::kNotFound,
                        "no users database at " + options.sqlite_path + ": run `cruddur db setup`");
    }
    return ClientProgram{{"sqlite3", options.sqlite_path}, {}};
  }
  TRY_ASSIGN(auto environment, PostgresEnvironment(options.connection_url));
  return ClientProgram{{"psql"}, std::move(environment)};
}

base::Status Execute(const ClientProgram& program) {
  for (const auto& [name, value] : program.environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<std::string> texts = program.arguments;
  std::vector<char*> arguments;
  for (auto& text : texts) arguments.push_back(text.data());
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  return base::Fail(base::ErrorCode::kNotFound,
                    texts.front() + ": " + std::generic_category().message(errno));
}

}  // namespace cruddur::accounts
