// What the `cruddur db` commands do. They block, and work beside a running server.
//
// The options' deadlines are a server's; the commands take their own, longer ones.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/cognito_user_ids.h"
#include "accounts/database.h"
#include "accounts/schema.h"
#include "accounts/seed.h"
#include "base/clock.h"
#include "base/result.h"

namespace cruddur::accounts {

// The options with the commands' deadlines: five seconds to connect, a minute for a call.
DatabaseOptions ForCommands(DatabaseOptions options);

// "./data/users.sqlite", or host, port and name of the PostgreSQL database: for messages.
std::string DescribeDatabase(const DatabaseOptions& options);

// db create. kAlreadyExists if it exists.
base::Status CreateDatabase(const DatabaseOptions& options);

// db drop. False if there was none. A PostgreSQL database that others are connected to is refused;
// an SQLite file that a server has open is emptied instead of removed.
base::Result<bool> DropDatabase(const DatabaseOptions& options);

// db schema-load.
base::Result<SchemaReport> LoadSchema(const DatabaseOptions& options, base::Micros now);

// Creates the database if there is none, and loads its schema: what a start does. Idempotent.
base::Result<SchemaReport> EnsureDatabase(const DatabaseOptions& options, base::Micros now);

// db seed: the demo users and `own`.
base::Result<SeedReport> SeedDatabase(const DatabaseOptions& options,
                                      const std::optional<SeedUser>& own, base::Micros now);

// db update_cognito_user_ids, from the built-in pool or from `pool`.
base::Result<CognitoUserIdsReport> UpdateCognitoUserIds(const DatabaseOptions& options,
                                                        UserPool* pool = nullptr);

// The users of the built-in pool: cognito list-users.
base::Result<std::vector<PoolUser>> ListBuiltInPoolUsers(const DatabaseOptions& options);

// db setup: drop, create, schema-load, seed, update_cognito_user_ids. Calls `on_step` before each.
// Stops at the first failure, whose message begins with the step's name.
base::Status SetupDatabase(const DatabaseOptions& options, const std::optional<SeedUser>& own,
                           UserPool* pool, base::Micros now,
                           const std::function<void(std::string_view step)>& on_step);

// db connect: psql or sqlite3, to be executed in this process's place.
struct ClientProgram {
  std::vector<std::string> arguments;  // the program first
  std::vector<std::pair<std::string, std::string>> environment;
};
base::Result<ClientProgram> ClientFor(const DatabaseOptions& options);
base::Status Execute(const ClientProgram& program);  // returns if the program can't be run

}  // namespace cruddur::accounts
