// For tests: a resolver of names that hangs until it is let go, and then says that everybody is
// here.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "net/name_lookup.h"

namespace cruddur::net {

struct HangingResolver {
  ~HangingResolver() {
    // The thread that asks lives as long as it likes.
    LetGo();
    std::unique_lock lock(state->mutex);
    state->changed.wait(lock, [&] { return state->answered == state->asked; });
  }
  NameLookUp::Ask ask() const {
    return [state = state](const Origin& origin) -> base::Result<NameLookUp::Endpoints> {
      std::unique_lock lock(state->mutex);
      ++state->asked;
      state->changed.notify_all();
      state->changed.wait(lock, [&] { return state->goes_on; });
      ++state->answered;
      state->changed.notify_all();
      return NameLookUp::Endpoints{
          Tcp::endpoint(base::asio::ip::address_v4::loopback(), origin.port)};
    };
  }
  void LetGo() {
    const std::lock_guard lock(state->mutex);
    state->goes_on = true;
    state->changed.notify_all();
  }
  int asked() const {
    const std::lock_guard lock(state->mutex);
    return state->asked;
  }

  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    bool goes_on = false;
    int asked = 0, answered = 0;
  };
  const std::shared_ptr<State> state = std::make_shared<State>();
};

}  // namespace cruddur::net
