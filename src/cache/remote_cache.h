// The cache of several processes, on a server elsewhere that needs no more than get and put.
//
// Beside each value stands its key's version, a random number that every drop replaces, and that
// who finds none makes. A value carries the version that its loader saw before it read the store,
// and counts only while that is still the version: so a loader that was overtaken by a drop, in
// whatever process, stores something that nobody will take, and the order in which the server sees
// the two doesn't matter. An epoch, looked at once a second, is a version for all keys together.
//
// A drop counts in this process at once. It is kept, and its key unused, until the server has it:
// other processes may be served what it had for as long as the server can't be reached from here.
// The server must not throw a version away before the values of its key: versions live longer, so
// Redis' `volatile-ttl` keeps that order (docs/cache.md).
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "cache/cache.h"
#include "cache/remote_store.h"

namespace cruddur::cache {

struct RemoteCacheOptions {
  std::string name = "remote";             // in the log
  std::string prefix = "cruddur:1:";       // of all keys; its number is the format's
  std::chrono::milliseconds patience{15};  // of a look-up, and of a drop that is waited for
  std::chrono::seconds max_age{600};       // less up to 15 %, so that values don't end together
  std::chrono::milliseconds retry_interval{1'000};  // between two looks whether it is back
  size_t max_pending = 65'536;  // drops not delivered; beyond it all keys are dropped
};

// Thread-safe. While the server fails, nothing waits for it (Breaker).
class RemoteCache final : public Cache {
 public:
  // What isn't done for a caller runs on `loop`, which ends after the cache.
  RemoteCache(base::Loop& loop, std::unique_ptr<RemoteStore> store, RemoteCacheOptions options);
  ~RemoteCache() override;

  base::Task<Lookup> Get(std::string_view key) override;
  // Ends before the server has answered.
  base::Task<void> SetIfNewer(std::string_view key, uint64_t version, Bytes bytes) override;
  void Drop(std::string_view key) override;
  void DropAll() override;
  base::Task<void> DropEverywhere(std::vector<std::string> keys) override;

  // Before the loops are stopped: delivers drops, where the server takes them, and lets what nobody
  // waits for end. Blocks, not on a loop's thread.
  void Stop(std::chrono::milliseconds grace);

  bool away() const;
  size_t pending() const;  // drops that the server doesn't have yet

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace cruddur::cache
