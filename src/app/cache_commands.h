// The `cache` commands.
#pragma once

#include "app/command_line.h"

namespace cruddur::app {

void AddCacheCommands(CommandLine& line);

}  // namespace cruddur::app
