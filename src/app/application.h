// The main job: the API, the engine's DynamoDB endpoint, and all that they stand on.
//
// The composition root: builds every part in order, from the settings, and ends them in reverse.
#pragma once

#include <memory>
#include <vector>

#include "app/settings.h"
#include "app/trigger_settings.h"
#include "base/result.h"

namespace cruddur::app {

class Application {
 public:
  // When it returns, both ports answer; each was announced on stdout. Errors are one line.
  static base::Result<std::unique_ptr<Application>> Start(
      const Settings& settings, std::vector<TriggerSettings> triggers = {});

  // Stops accepting, lets requests under way finish, writes what is to be kept.
  ~Application();

  // Whether the DynamoDB endpoint asks who calls, and reading the file again that says who may.
  bool guarded() const;
  void ReloadCredentials();

 private:
  struct Parts;
  explicit Application(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace cruddur::app
