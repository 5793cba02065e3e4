#include "app/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "base/log.h"

namespace cruddur::app {
namespace {

constexpr int kUsage = 2;

std::string HelpOf(const SettingSpec& spec) {
  std::string help(spec.help);
  if (!spec.default_value.empty()) help += fmt::format(" [{}]", spec.default_value);
  return help + fmt::format(" (env {})", spec.environment);
}

// A server's log is for whoever runs it. A command that ends says what is wrong itself, in one
// line; it logs only where somebody asked for it.
base::LogLevel LevelFor(const Settings& settings, bool serves) {
  const bool asked = std::ranges::any_of(settings.values(), [](const Settings::Value& value) {
    return value.spec->name == "log-level" && value.origin != Settings::Origin::kDefault;
  });
  if (!serves && !asked) return base::LogLevel::kOff;
  return *base::ParseLogLevel(settings.Text("log-level"));
}

}  // namespace

CommandLine::CommandLine() : root_("Direct messages on DynamoDB, in one program.", "cruddur") {
  root_.require_subcommand(1);
  root_.set_version_flag("--version", "cruddur " CRUDDUR_VERSION);
  root_.footer("`cruddur COMMAND --help` tells more; `cruddur config` shows every setting.");
  root_.get_formatter()->column_width(34);
}

CLI::App& CommandLine::AddGroup(CLI::App& parent, std::string name, std::string help) {
  CLI::App& group = *parent.add_subcommand(std::move(name), std::move(help));
  group.require_subcommand(1);
  return group;
}

CLI::App& CommandLine::AddCommand(CLI::App& parent, std::string name, std::string help,
                                  std::vector<Flag> settings, Run run) {
  CLI::App& command = *parent.add_subcommand(std::move(name), std::move(help));
  for (const Flag& setting : settings) {
    const SettingSpec* spec = FindSetting(setting.setting);
    const std::string key(setting.setting);
    const std::string flag = fmt::format("--{}", setting.name);
    if (spec->kind == SettingKind::kBoolean) {
      command.add_flag_callback(flag, [this, key] { flags_[key] = "true"; }, HelpOf(*spec));
    } else {
      command.add_option_function<std::string>(
          flag, [this, key](const std::string& value) { flags_[key] = value; }, HelpOf(*spec));
    }
  }
  const bool serves = std::ranges::find(settings, "log-level", &Flag::setting) != settings.end();
  command.callback([this, serves, run = std::move(run)] {
    selected_ = run;
    serves_ = serves;
  });
  return command;
}

int CommandLine::Main(int argc, const char* const* argv) {
  try {
    root_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version are "errors" of status 0, printed on stdout.
    return root_.exit(error, std::cout, std::cerr) == 0 ? EXIT_SUCCESS : kUsage;
  }
  auto settings = Settings::Load(flags_, [](const char* name) { return std::getenv(name); });
  if (!settings) {
    return WrongSetting(settings.error().message);
  }
  base::ConfigureLog(LevelFor(*settings, serves_),
                     *base::ParseLogFormat(settings->Text("log-format")));
  try {
    return selected_(*settings);
  } catch (const std::exception& error) {
    return Failed(error.what());
  }
}

int Failed(std::string_view message) {
  fmt::print(stderr, "cruddur: {}\n", message);
  return EXIT_FAILURE;
}

int WrongSetting(std::string_view message) {
  Failed(message);
  return kUsage;
}

}  // namespace cruddur::app
