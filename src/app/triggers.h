// The triggers of an engine: for each an event source mapping, its function, and where that is a
// runtime, the server of its Runtime API. Composition of `serve` and of `dynamodb`.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "app/settings.h"
#include "app/trigger_settings.h"
#include "base/metrics.h"
#include "base/result.h"
#include "engine/engine.h"
#include "net/loop_pool.h"

namespace cruddur::app {

// --trigger TABLE=TARGET, any number of times.
void AddTriggerFlag(CLI::App& command, std::vector<std::string>& triggers);

class Triggers {
 public:
  // Begins all of them; each Runtime API is announced on stdout. All arguments outlive it.
  static base::Result<std::unique_ptr<Triggers>> Start(const Settings& settings,
                                                       std::vector<TriggerSettings> triggers,
                                                       engine::Engine& engine, net::LoopPool& loops,
                                                       base::Registry& registry);
  // Lets invocations under way finish, up to stop-grace-ms, and saves the checkpoints. Not on a
  // loop's thread, and before engine and loops end.
  ~Triggers();

 private:
  struct Trigger;
  struct Parts;
  Triggers();
  std::unique_ptr<Parts> parts_;
};

}  // namespace cruddur::app
