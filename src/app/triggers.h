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
  ~Triggers();  // as Stop()

  // Lets invocations under way finish, those of all triggers at the same time and up to
  // stop-grace-ms, and saves the checkpoints. Functions may use this process' endpoints until it
  // returns, and the registry counts on. Not on a loop's thread, and before engine and loops end.
  // Idempotent.
  void Stop();

 private:
  struct Trigger;
  struct Parts;
  Triggers();
  std::unique_ptr<Parts> parts_;
};

}  // namespace cruddur::app
