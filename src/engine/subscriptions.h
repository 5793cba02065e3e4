// Who wants to see stream records as they are committed.
//
// Thread-safe. A subscription may outlive the engine.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"

namespace cruddur::engine {

class Subscriptions {
 public:
  Subscriptions();
  ~Subscriptions();

  // See Engine::Subscribe. A listener must not destroy its own handle from within a call.
  std::shared_ptr<void> Add(std::string table, StreamListener listener);

  using TableFilter = std::function<bool(std::string_view table)>;
  // Tells each listener what `news` makes of its table; nothing is made of the others. A commit is
  // to be readable before: whoever subscribes too late to be told can then read it.
  void Notify(
      const std::function<std::vector<CommittedRecords>(const TableFilter& wanted)>& news) noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cruddur::engine
