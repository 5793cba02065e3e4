#include "net/loop_pool.h"

#include <algorithm>
#include <exception>
#include <string>

#include "base/log.h"

namespace cruddur::net {
namespace {

// An exception that leaves a completion handler is a bug of that handler: it is logged, and the
// other connections of the loop go on.
void RunLoop(base::Loop& loop) {
  for (;;) {
    try {
      loop.run();
      return;
    } catch (const std::exception& e) {
      base::Log(base::LogLevel::kError, "exception on an event loop", {{"what", e.what()}});
    }
  }
}

}  // namespace

struct LoopPool::Guard {
  explicit Guard(base::Loop& loop) : work(loop.get_executor()) {}
  base::asio::executor_work_guard<base::Executor> work;
};

LoopPool::LoopPool(size_t threads) {
  if (threads == 0) threads = std::max<size_t>(1, std::thread::hardware_concurrency());
  for (size_t i = 0; i < threads; ++i) {
    // The hint says that one thread runs the loop; other threads may still post to it.
    loops_.push_back(std::make_unique<base::Loop>(1));
    guards_.push_back(std::make_unique<Guard>(*loops_.back()));
  }
  for (auto& loop : loops_) threads_.emplace_back([&loop] { RunLoop(*loop); });
}

LoopPool::~LoopPool() { Stop(); }

base::Loop& LoopPool::Next() {
  return *loops_[next_.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
}

void LoopPool::Stop() {
  for (auto& loop : loops_) loop->stop();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace cruddur::net
