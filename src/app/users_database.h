// The users database as the settings name it, for commands.
#pragma once

#include "accounts/cognito_user_pool.h"
#include "accounts/database_commands.h"
#include "accounts/users.h"
#include "app/command_line.h"
#include "messaging/items.h"

namespace cruddur::app {

// The settings that commands on the users database take.
inline const std::vector<Flag> kUsersSettings = {"data", "connection-url", "config"};
// Those and the user pool's.
inline const std::vector<Flag> kPoolSettings = {"data", "connection-url", "config",
                                                "cognito-pool-id", "cognito-endpoint"};

accounts::DatabaseOptions DatabaseOf(const Settings& settings);
std::string KeysFolder(const Settings& settings);

// The pool that the settings name, signed for with the credentials of the AWS tools; null: the
// built-in one. `clock` must outlive it.
base::Result<std::unique_ptr<accounts::CognitoUserPool>> CognitoPoolOf(const Settings& settings,
                                                                       const base::Clock& clock);

// The person of that handle. kNotFound with what to do about it.
base::Result<messaging::Person> FindPerson(const Settings& settings, std::string_view handle);

}  // namespace cruddur::app
