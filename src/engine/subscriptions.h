// Who wants to see stream records as they are committed.
//
// Thread-safe. A subscription may outlive the engine.
#pragma once

#include <functional>
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

  // Tells all listeners what `news` makes, if there is any listener. A commit is to be readable
  // before: whoever subscribes too late to be told can then read it.
  void Notify(const std::function<std::vector<CommittedRecords>()>& news) noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cruddur::engine
