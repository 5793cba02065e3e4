// The cache of one process: bounded by bytes, lock-striped.
//
// Each shard keeps two generations, as Generations does; an entry found in the old one moves on, so
// what is read stays and what was read once goes.
#pragma once

#include <array>
#include <chrono>
#include <mutex>
#include <unordered_map>

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

  struct Entry {
    Bytes bytes;
    base::Micros expires;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };
  struct Generation {
    std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries;
    size_t bytes = 0;

    void Erase(std::string_view key);
  };
  static constexpr std::array<uint64_t, kVersions> FirstVersions() {
    std::array<uint64_t, kVersions> versions;
    versions.fill(1);
    return versions;
  }
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    Generation young, old;
    // Counted up by each drop of a key that falls on them: sharing one costs a refused set now and
    // then, no more.
    std::array<uint64_t, kVersions> versions = FirstVersions();
  };

  Shard& ShardOf(size_t hash) { return shards_[(hash >> 48) % kShards]; }
  static uint64_t& VersionOf(Shard& shard, size_t hash) {
    return shard.versions[(hash >> 32) % kVersions];
  }
  Lookup Find(std::string_view key);
  void Insert(Shard& shard, std::string_view key, Entry entry);

  const MemoryCacheOptions options_;
  const base::Clock& clock_;
  std::array<Shard, kShards> shards_;
};

}  // namespace cruddur::cache
