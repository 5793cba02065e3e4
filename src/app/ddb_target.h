// Which DynamoDB a `ddb` command talks to.
#pragma once

#include <functional>
#include <string>

#include "app/command_line.h"
#include "base/task.h"
#include "dynamo/client.h"

namespace cruddur::app {

// The options that every `ddb` command has.
struct DdbTarget {
  std::string stage;         // "prod" or empty
  std::string endpoint_url;  // --endpoint-url
  bool show_endpoint = false;
};

// The URL that the command calls: AWS for prod (the endpoint of the setting `region`), else
// --endpoint-url, else http://localhost:8000.
std::string EndpointOf(const DdbTarget& target, const Settings& settings);

using DdbWork = std::function<base::Task<int>(dynamo::Client&)>;

// Runs `work` with a client for the target and gives its exit status; with --show-endpoint prints
// the endpoint and calls nothing.
int RunOn(const DdbTarget& target, const Settings& settings, DdbWork work);

// For `work`: prints the error as one line and gives 1. An endpoint that doesn't answer is named,
// with what to do.
int FailedCall(const model::DbError& error, const DdbTarget& target, const Settings& settings);

// Adds the options above to a command.
void AddTargetOptions(CLI::App& command, DdbTarget& target);

}  // namespace cruddur::app
