// Who wants to see stream records as they are committed.
//
// Thread-safe. A subscription may outlive the engine.
#pragma once

#include <memory>
#include <vector>

#include "engine/engine.h"

namespace cruddur::engine {

class Subscriptions {
 public:
  Subscriptions();
  ~Subscriptions();

  // See Engine::Subscribe. A listener must not destroy its own handle from within a call.
  std::shared_ptr<void> Add(StreamListener listener);

  // False: nobody listens, the records need not be made.
  bool Wanted() const;
  void Notify(const std::vector<CommittedRecords>& commit);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cruddur::engine
