// Pauses between attempts: exponential with full jitter, under one total deadline.
#pragma once

#include <chrono>

#include "base/task.h"

namespace cruddur::base {

class Backoff {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Backoff(std::chrono::milliseconds total) : deadline_(Clock::now() + total) {}

  // Waits for a random time up to 25 ms, then up to 50 ms, … up to a second. False, at once, when
  // the pause would not end before the deadline.
  Task<bool> Pause();

  std::chrono::milliseconds Left() const;
  int pauses() const { return pauses_; }

 private:
  Clock::time_point deadline_;
  int pauses_ = 0;
};

}  // namespace cruddur::base
