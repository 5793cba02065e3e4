// One event loop a thread, one thread a core.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "base/task.h"

namespace cruddur::net {

// Starts its threads when made; Stop (or the destructor) ends and joins them, whatever is pending;
// that is destroyed with the pool. So end servers and clients first.
class LoopPool {
 public:
  // threads = 0: one a core.
  explicit LoopPool(size_t threads = 0);
  ~LoopPool();
  LoopPool(const LoopPool&) = delete;
  LoopPool& operator=(const LoopPool&) = delete;

  size_t size() const { return loops_.size(); }
  base::Loop& loop(size_t index) { return *loops_[index]; }
  base::Loop& Next();  // round robin; thread-safe

  // Idempotent. Call it from a thread that is not a loop's.
  void Stop();

 private:
  struct Guard;
  std::vector<std::unique_ptr<base::Loop>> loops_;
  std::vector<std::unique_ptr<Guard>> guards_;
  std::vector<std::thread> threads_;
  std::atomic<size_t> next_{0};
};

}  // namespace cruddur::net
