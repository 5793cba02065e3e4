#include "app/users_database.h"

#include <fmt/format.h>

#include "accounts/database_users.h"
#include "auth/credentials.h"

namespace cruddur::app {

accounts::DatabaseOptions DatabaseOf(const Settings& settings) {
  accounts::DatabaseOptions options;
  options.connection_url = settings.Text("connection-url");
  options.sqlite_path = settings.Text("data") + "/users.sqlite";
  options.connections = static_cast<size_t>(settings.Integer("database-pool"));
  return options;
}

std::string KeysFolder(const Settings& settings) { return settings.Text("data") + "/keys"; }

base::Result<std::unique_ptr<accounts::CognitoUserPool>> CognitoPoolOf(const Settings& settings,
                                                                       const base::Clock& clock) {
  accounts::CognitoSettings pool{.pool_id = settings.Text("cognito-pool-id"),
                                 .endpoint_url = settings.Text("cognito-endpoint"),
                                 .issuer = settings.Text("cognito-issuer")};
  if (pool.pool_id.empty()) return nullptr;
  auto credentials = auth::LoadCredentials();
  if (credentials) {
    pool.credentials = *std::move(credentials);
  } else if (credentials.error().code != base::ErrorCode::kNotFound) {
    return std::unexpected(credentials.error());
  }
  return accounts::CognitoUserPool::Create(std::move(pool), clock);
}

base::Result<messaging::Person> FindPerson(const Settings& settings, std::string_view handle) {
  const accounts::DatabaseOptions options = accounts::ForCommands(DatabaseOf(settings));
  TRY_ASSIGN(auto connection, accounts::OpenConnection(options, std::chrono::steady_clock::now() +
                                                                    options.connect_time));
  TRY_ASSIGN(auto user, accounts::FindUserByHandle(*connection, handle));
  if (!user) {
    return base::Fail(base::ErrorCode::kNotFound,
                      fmt::format("no user @{} in {} (`cruddur db seed` adds the demo users)",
                                  handle, accounts::DescribeDatabase(options)));
  }
  return messaging::Person{user->uuid, user->handle, user->display_name};
}

}  // namespace cruddur::app
