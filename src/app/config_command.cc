// cruddur config: the effective settings with their origin, secrets masked.
#include <fmt/format.h>

#include "app/command_line.h"

namespace cruddur::app {

void AddConfigCommand(CommandLine& line) {
  std::vector<Flag> every;
  for (const SettingSpec& spec : AllSettings()) every.emplace_back(spec.name);
  line.AddCommand(line.root(), "config", "Show the effective settings and where each comes from",
                  every, [](const Settings& settings) {
                    if (!settings.file().empty()) fmt::print("# file: {}\n", settings.file());
                    for (const Settings::Value& value : settings.values()) {
                      fmt::print("{:<20} {:<28} {}\n", value.spec->name,
                                 fmt::format("\"{}\"", Masked(value)), Describe(value));
                    }
                    return EXIT_SUCCESS;
                  });
}

}  // namespace cruddur::app
