// Keeps requests away from a backend that fails: open after two failures in a row, closed again by
// the first success. Says each in one log line. Thread-safe.
#pragma once

#include <atomic>
#include <string>

#include "base/result.h"

namespace cruddur::cache {

class Breaker {
 public:
  explicit Breaker(std::string backend) : backend_(std::move(backend)) {}

  bool is_open() const { return open_.load(std::memory_order_relaxed); }

  void Succeeded();
  void Failed(const base::Error& error);

 private:
  static constexpr int kFailures = 2;

  const std::string backend_;
  std::atomic<int> failures_{0};
  std::atomic<bool> open_{false};
};

}  // namespace cruddur::cache
