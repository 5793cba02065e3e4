#include "app/command_line.h"
#include "app/db_commands.h"

int main(int argc, char** argv) {
  using namespace cruddur::app;
  CommandLine line;
  AddConfigCommand(line);
  AddTokenCommand(line);
  AddDbCommands(line);
  AddCognitoCommands(line);
  return line.Main(argc, argv);
}
