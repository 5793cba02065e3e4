// The cache that the settings ask for: in memory, Redis or Momento.
#pragma once

#include <memory>

#include "app/settings.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cache/cache.h"
#include "cache/memory_cache.h"
#include "cache/remote_cache.h"

namespace cruddur::app {

class PageStore {
 public:
  // `loop` ends after this. A cache that is away doesn't keep it from opening.
  static base::Result<PageStore> Open(const Settings& settings, base::Loop& loop,
                                      const base::Clock& clock);

  cache::Cache& operator*() const { return *cache_; }
  cache::Cache* get() const { return cache_.get(); }
  // Null: it is in this process's memory, or there is none.
  const cache::RemoteCache* remote() const { return remote_; }
  void CountIn(base::Registry& registry) const;
  // Before the loops are stopped.
  void Stop(std::chrono::milliseconds grace);

 private:
  std::unique_ptr<cache::Cache> cache_;  // null: none is wanted
  const cache::MemoryCache* memory_ = nullptr;
  cache::RemoteCache* remote_ = nullptr;
  std::string adapter_;
};

}  // namespace cruddur::app
