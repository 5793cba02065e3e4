// The cache of one process: bounded by bytes, lock-striped, and no scan over cold keys empties it.
//
// Each shard keeps entries in two queues, first in, first out (S3-FIFO: Yang et al., "FIFO queues
// are all you need for cache eviction", SOSP 2023). What is new waits in the small one, a tenth of
// the bytes; only what is asked for again and again there, or comes back soon after it had to go,
// moves to the main one, where what was asked for since its last turn gets another. So a hit moves
// nothing: it counts.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "base/clock.h"
#include "cache/cache.h"

namespace cruddur::cache {

struct MemoryCacheOptions {
  size_t max_bytes = 32 * 1024 * 1024;
  std::chrono::seconds max_age{60};  // less up to 15 %, so that entries don't all end at once
};

class MemoryCache final : public Cache {
 public:
  MemoryCache(MemoryCacheOptions options, const base::Clock& clock);

  base::Task<Lookup> Get(std::string_view key) override;
  base::Task<void> SetIfNewer(std::string_view key, uint64_t version, Bytes bytes) override;
  void Drop(std::string_view key) override;
  void DropAll() override;
  base::Task<void> DropEverywhere(std::vector<std::string> keys) override;

  size_t bytes() const;

 private:
  static constexpr size_t kShards = 16;
  static constexpr size_t kVersions = 256;

  struct Entry : boost::intrusive::list_base_hook<> {
    Bytes bytes;
    base::Micros expires;
    const std::string* key = nullptr;  // the map's
    uint8_t uses = 0;                  // up to kMostUses, since it was queued
    bool is_main = false;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };
  struct Queue {
    boost::intrusive::list<Entry> entries;  // the newest in front
    size_t bytes = 0;
  };
  // The hashes of what had to go from the small queue, or was dropped while it was in use.
  class Ghosts {
   public:
    void Add(size_t hash, size_t most);
    bool Take(size_t hash) { return known_.erase(hash) > 0; }
    void Clear();

   private:
    std::deque<size_t> order_;  // what was taken is still in here
    std::unordered_set<size_t> known_;
  };
  static constexpr std::array<uint64_t, kVersions> FirstVersions() {
    std::array<uint64_t, kVersions> versions;
    versions.fill(1);
    return versions;
  }
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries;
    Queue small, main;
    Ghosts ghosts;
    // Counted up by each drop of a key that falls on them: sharing one costs a refused set now and
    // then, no more.
    std::array<uint64_t, kVersions> versions = FirstVersions();
  };

  Shard& ShardOf(size_t hash) { return shards_[(hash >> 48) % kShards]; }
  static uint64_t& VersionOf(Shard& shard, size_t hash) {
    return shard.versions[(hash >> 32) % kVersions];
  }
  Lookup Find(std::string_view key);
  void Insert(Shard& shard, std::string_view key, size_t hash, Bytes bytes, base::Micros expires);
  static Queue& QueueOf(Shard& shard, const Entry& entry) {
    return entry.is_main ? shard.main : shard.small;
  }
  static void Push(Shard& shard, Entry& entry);
  static void Unlink(Shard& shard, Entry& entry);
  static void Forget(Shard& shard, Entry& entry);
  void MakeRoom(Shard& shard);

  const MemoryCacheOptions options_;
  const base::Clock& clock_;
  std::array<Shard, kShards> shards_;
};

}  // namespace cruddur::cache
