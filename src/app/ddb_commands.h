// The `ddb` commands: the table of messages, from the outside, through any DynamoDB endpoint.
#pragma once

#include "app/ddb_target.h"

namespace cruddur::app {

void AddDdbCommands(CommandLine& line);  // the group and all of them

void AddTableCommands(CommandLine& line, CLI::App& ddb);    // schema-load, list-tables, drop, scan
void AddSeedCommand(CommandLine& line, CLI::App& ddb);      // seed
void AddPatternCommands(CommandLine& line, CLI::App& ddb);  // patterns …

}  // namespace cruddur::app
