// The commands that run until they are told to stop, and the demonstration's data.
#pragma once

#include "app/command_line.h"

namespace cruddur::app {

void AddServeCommand(CommandLine& line);
void AddDynamodbCommand(CommandLine& line);
void AddDemoCommand(CommandLine& line);
void AddStreamCommands(CommandLine& line);
void AddLambdaCommand(CommandLine& line);
void AddStreamWorkerCommand(CommandLine& line);

}  // namespace cruddur::app
