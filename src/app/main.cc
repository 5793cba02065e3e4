#include "app/command_line.h"

int main(int argc, char** argv) {
  cruddur::app::CommandLine line;
  cruddur::app::AddConfigCommand(line);
  return line.Main(argc, argv);
}
