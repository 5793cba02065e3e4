// What a trigger is to be: from [[trigger]] tables of the settings' file, and from --trigger flags.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "app/settings.h"
#include "base/result.h"
#include "stream/filter_criteria.h"
#include "stream/mapping_options.h"

namespace cruddur::app {

// TARGET is http://HOST:PORT or https://…, for what takes Lambda invocations, or
// runtime://HOST:PORT, to serve the Lambda Runtime API there.
struct TriggerSettings {
  std::string name;  // unique; of files and metrics. The table's, unless another one is given
  std::string table, target;
  stream::MappingOptions options;
  stream::FilterCriteria filters;
  std::string on_failure;            // a file, or table://NAME; empty: a file in the data directory
  std::string function_name;         // in ARNs; the trigger's name unless another one is given
  std::chrono::seconds timeout{60};  // of the function
};

// All of them. `flags` are TABLE=TARGET. Errors are one line that names the trigger and the key.
base::Result<std::vector<TriggerSettings>> TriggersOf(const Settings& settings,
                                                      const std::vector<std::string>& flags);

}  // namespace cruddur::app
