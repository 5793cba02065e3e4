// Lets one coroutine wait until it is woken, from any thread, or until a time has come.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <memory>

#include "base/task.h"

namespace cruddur::stream {

// Shared by the one who waits and those who wake; the loop must outlive all of them.
class WakeUp : public std::enable_shared_from_this<WakeUp> {
 public:
  using SteadyClock = std::chrono::steady_clock;

  explicit WakeUp(base::Executor executor) : executor_(executor), timer_(executor) {}

  base::Executor executor() const { return executor_; }

  // Any thread. A call while nobody waits ends the next wait at once.
  void Wake() {
    base::asio::post(executor_, [self = shared_from_this()] {
      self->woken_ = true;
      self->timer_.cancel();
    });
  }

  // On the loop.
  base::Task<void> Wait(SteadyClock::time_point until = SteadyClock::time_point::max()) {
    if (!woken_) {
      timer_.expires_at(until);
      co_await timer_.async_wait(base::asio::as_tuple(base::kUseTask));
    }
    woken_ = false;
  }

 private:
  using Timer = base::asio::basic_waitable_timer<SteadyClock, base::asio::wait_traits<SteadyClock>,
                                                 base::Executor>;
  const base::Executor executor_;
  Timer timer_;
  bool woken_ = false;
};

}  // namespace cruddur::stream
