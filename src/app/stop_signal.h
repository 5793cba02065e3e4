// SIGTERM and SIGINT as something to wait for.
#pragma once

namespace cruddur::app {

// Make one first in main's thread, before any other thread starts: they inherit that the signals
// are blocked. SIGPIPE is ignored, for a peer that goes away is an error code like any other.
class StopSignal {
 public:
  StopSignal();
  void Wait();  // until SIGTERM or SIGINT; a second one afterwards ends the process at once
};

}  // namespace cruddur::app
