// The pause between two tries, and when there are no more of them.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <chrono>

#include "base/random.h"
#include "base/task.h"

namespace cruddur::messaging {

// Full jitter: anything up to 1 ms doubled with each try, at most 64 ms.
inline base::Task<void> Pause(int tries) {
  using Clock = std::chrono::steady_clock;
  const auto most = std::chrono::microseconds(1'000 << (tries < 6 ? tries : 6));
  base::asio::basic_waitable_timer<Clock, base::asio::wait_traits<Clock>, base::Executor> timer(
      co_await base::asio::this_coro::executor,
      std::chrono::duration_cast<std::chrono::microseconds>(most * base::RandomUnit()));
  co_await timer.async_wait(base::asio::as_tuple(base::kUseTask));
}

inline bool IsOver(std::chrono::steady_clock::time_point deadline) {
  return std::chrono::steady_clock::now() >= deadline;
}

}  // namespace cruddur::messaging
