#include "app/cache_commands.h"
#include "app/command_line.h"
#include "app/db_commands.h"
#include "app/ddb_commands.h"
#include "app/serve_commands.h"

int main(int argc, char** argv) {
  using namespace cruddur::app;
  CommandLine line;
  AddServeCommand(line);
  AddDynamodbCommand(line);
  AddDemoCommand(line);
  AddStreamCommands(line);
  AddLambdaCommand(line);
  AddStreamWorkerCommand(line);
  AddConfigCommand(line);
  AddTokenCommand(line);
  AddDdbCommands(line);
  AddDbCommands(line);
  AddCognitoCommands(line);
  AddCacheCommands(line);
  return line.Main(argc, argv);
}
