#include "cache/breaker.h"

#include "base/log.h"

namespace cruddur::cache {

using base::LogLevel;

void Breaker::Succeeded() {
  if (failures_.load(std::memory_order_relaxed) != 0) failures_.store(0);
  if (!is_open() || !open_.exchange(false)) return;
  base::Log(LogLevel::kInfo, "the cache is back", {{"cache", backend_}});
}

void Breaker::Failed(const base::Error& error) {
  if (failures_.fetch_add(1) + 1 < kFailures || open_.exchange(true)) return;
  base::Log(LogLevel::kWarn, "the cache is away: requests are answered from the store",
            {{"cache", backend_}, {"error", error.message}});
}

}  // namespace cruddur::cache
