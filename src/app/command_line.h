// The tree of commands and the one way in which each of them starts: parse, load the settings,
// configure the log, run.
//
// Exit status: 0 done, 1 failed (with a line on stderr), 2 wrong usage or setting.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.h"

namespace cruddur::app {

using Run = std::function<int(const Settings&)>;

// A setting as a command's flag, under its own name or another one.
struct Flag {
  std::string_view setting, name;
  Flag(const char* setting) : Flag(std::string_view(setting)) {}       // NOLINT
  Flag(std::string_view setting) : setting(setting), name(setting) {}  // NOLINT
  Flag(std::string_view setting, std::string_view name) : setting(setting), name(name) {}
};

class CommandLine {
 public:
  CommandLine();

  // A command that only holds others ("ddb").
  CLI::App& AddGroup(CLI::App& parent, std::string name, std::string help);

  // A command with a flag for each of `settings`; add further options to what is returned. Options
  // that `run` refers to must outlive the CommandLine: see Own.
  CLI::App& AddCommand(CLI::App& parent, std::string name, std::string help,
                       std::vector<Flag> settings, Run run);

  // Storage for a command's own options, with the lifetime of the CommandLine.
  template <class T>
  T& Own() {
    auto value = std::make_shared<T>();
    owned_.push_back(value);
    return *value;
  }

  CLI::App& root() { return root_; }
  int Main(int argc, const char* const* argv);

 private:
  CLI::App root_;
  std::map<std::string, std::string> flags_;
  Run selected_;
  bool serves_ = false;  // the selected command takes log-level
  std::vector<std::shared_ptr<void>> owned_;
};

// One line on stderr, "cruddur: …", and the exit status 1.
int Failed(std::string_view message);
// The same for a wrong setting: 2.
int WrongSetting(std::string_view message);

// Each file of commands adds its own.
void AddConfigCommand(CommandLine& line);

}  // namespace cruddur::app
