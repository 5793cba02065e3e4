// SIGTERM, SIGINT and SIGHUP as something to wait for.
#pragma once

#include <functional>

namespace cruddur::app {

// Make one first in main's thread, before any other thread starts: they inherit that the signals
// are blocked. SIGPIPE is ignored, for a peer that goes away is an error code like any other.
class StopSignal {
 public:
  StopSignal();
  // Until SIGTERM or SIGINT; a second one afterwards ends the process at once. SIGHUP calls
  // `reload` on this thread; where there is nothing to reload it stops the process, too.
  void Wait(const std::function<void()>& reload = {});
};

}  // namespace cruddur::app
