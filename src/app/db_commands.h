// The `db` and `cognito` commands and `token`: the users database and the built-in user pool.
#pragma once

#include "app/command_line.h"

namespace cruddur::app {

void AddDbCommands(CommandLine& line);
void AddCognitoCommands(CommandLine& line);
void AddTokenCommand(CommandLine& line);

}  // namespace cruddur::app
