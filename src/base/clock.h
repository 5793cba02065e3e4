// The seam for time: production code asks a Clock, tests hand it a ManualClock.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace cruddur::base {

using Micros = std::chrono::microseconds;  // since 1970-01-01T00:00:00Z where it is a point in time

// Wall-clock time. Thread-safe. Now() may go back, as wall clocks do.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Micros Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Micros Now() const override {
    return std::chrono::duration_cast<Micros>(std::chrono::system_clock::now().time_since_epoch());
  }
};

// Stands still until it is told otherwise.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Micros start) : now_(start.count()) {}
  Micros Now() const override { return Micros(now_.load(std::memory_order_relaxed)); }
  void Set(Micros now) { now_.store(now.count(), std::memory_order_relaxed); }
  void Advance(Micros by) { now_.fetch_add(by.count(), std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> now_;
};

}  // namespace cruddur::base
