#include "base/backoff.h"

#include <algorithm>
#include <boost/asio/basic_waitable_timer.hpp>

#include "base/random.h"

namespace cruddur::base {

Task<bool> Backoff::Pause() {
  using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
  constexpr std::chrono::duration<double, std::milli> kFirst{25}, kLongest{1000};
  const auto bound = std::min(kFirst * (1 << std::min(pauses_, 10)), kLongest);
  const auto pause = std::chrono::duration_cast<Clock::duration>(bound * RandomUnit());
  if (Clock::now() + pause >= deadline_) co_return false;
  ++pauses_;
  Timer timer(co_await asio::this_coro::executor, pause);
  co_await timer.async_wait(kUseTask);
  co_return true;
}

std::chrono::milliseconds Backoff::Left() const {
  return std::max(std::chrono::milliseconds(0),
                  std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()));
}

}  // namespace cruddur::base
