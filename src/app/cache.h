// The cache that the settings ask for: in memory, Redis or Momento.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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

  // The same where only a cache that other processes share is of use, and nobody waits for it but a
  // command: none, unless the settings name one.
  static base::Result<PageStore> OpenShared(const Settings& settings, base::Loop& loop);

  cache::Cache* get() const { return cache_.get(); }
  // Null: it is in this process's memory, or there is none.
  const cache::RemoteCache* remote() const { return remote_; }
  void CountIn(base::Registry& registry) const;
  // Before the loops are stopped.
  void Stop(std::chrono::milliseconds grace);

 private:
  void Use(std::unique_ptr<cache::RemoteStore> remote, const Settings& settings, base::Loop& loop,
           std::chrono::milliseconds patience);

  std::unique_ptr<cache::Cache> cache_;  // null: none is wanted
  const cache::MemoryCache* memory_ = nullptr;
  cache::RemoteCache* remote_ = nullptr;
  std::string adapter_;
};

// The flags of a command that changes the table and can tell a shared cache. The token isn't one: a
// command line can be read by everybody on the machine.
std::vector<std::string_view> SharedCacheSettings();

// Drops these keys (none are named: all) from the shared cache of the settings and waits until it
// has been told. False: they name none. kUnavailable: it can't be reached.
base::Result<bool> DropShared(const Settings& settings, const std::vector<std::string>& keys);

}  // namespace cruddur::app
