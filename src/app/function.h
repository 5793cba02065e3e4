// The function of a trigger, wherever it runs.
#pragma once

#include <memory>
#include <string>

#include "app/settings.h"
#include "app/trigger_settings.h"
#include "base/result.h"
#include "net/loop_pool.h"
#include "net/server.h"
#include "stream/target.h"

namespace cruddur::app {

struct Function {
  std::unique_ptr<stream::Target> target;
  std::unique_ptr<net::Server> server;  // of the Runtime API; ends before the target; null: none

  // Nothing is invoked any more, and runtimes are told to end. Not on a loop's thread.
  void Stop();
};

// By the trigger's target. A Runtime API that is served is announced on stdout.
base::Result<Function> MakeFunction(const Settings& settings, const TriggerSettings& trigger,
                                    net::LoopPool& loops);

std::string FunctionArn(const Settings& settings, const TriggerSettings& trigger);

}  // namespace cruddur::app
