// The users database as the settings name it, for commands.
#pragma once

#include "accounts/database_commands.h"
#include "accounts/users.h"
#include "app/command_line.h"
#include "messaging/items.h"

namespace cruddur::app {

// The settings that commands on the users database take.
inline const std::vector<Flag> kUsersSettings = {"data", "connection-url", "config"};

accounts::DatabaseOptions DatabaseOf(const Settings& settings);
std::string KeysFolder(const Settings& settings);

// The person of that handle. kNotFound with what to do about it.
base::Result<messaging::Person> FindPerson(const Settings& settings, std::string_view handle);

}  // namespace cruddur::app
