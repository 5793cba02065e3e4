#include "cache/memory_cache.h"

#include <utility>

#include "base/random.h"

namespace cruddur::cache {
namespace {

// What an entry costs beside its bytes: the node, the control block, the strings' headers.
constexpr size_t kOverhead = 160;

size_t Cost(std::string_view key, const Bytes& bytes) {
  return key.size() + bytes->size() + kOverhead;
}

}  // namespace

void MemoryCache::Generation::Erase(std::string_view key) {
  const auto found = entries.find(key);
  if (found == entries.end()) return;
  bytes -= Cost(key, found->second.bytes);
  entries.erase(found);
}

MemoryCache::MemoryCache(MemoryCacheOptions options, const base::Clock& clock)
    : options_(options), clock_(clock) {}

base::Task<Lookup> MemoryCache::Get(std::string_view key) { co_return Find(key); }

Lookup MemoryCache::Find(std::string_view key) {
  const size_t hash = Hash()(key);
  const base::Micros now = clock_.Now();
  Shard& shard = ShardOf(hash);
  const std::lock_guard lock(shard.mutex);
  const uint64_t version = VersionOf(shard, hash);

  auto found = shard.young.entries.find(key);
  const bool is_young = found != shard.young.entries.end();
  if (!is_young) found = shard.old.entries.find(key);
  if ((!is_young && found == shard.old.entries.end()) || found->second.expires <= now) {
    counters_.misses.Add();
    return {nullptr, version};
  }
  counters_.hits.Add();
  if (is_young) return {found->second.bytes, version};
  Entry entry = found->second;
  Bytes bytes = entry.bytes;
  Insert(shard, key, std::move(entry));
  return {std::move(bytes), version};
}

void MemoryCache::Insert(Shard& shard, std::string_view key, Entry entry) {
  const size_t cost = Cost(key, entry.bytes);
  shard.young.Erase(key);
  shard.old.Erase(key);
  const size_t half = options_.max_bytes / kShards / 2;
  if (cost > half) return;
  if (shard.young.bytes + cost > half) {
    shard.old = std::move(shard.young);
    shard.young = Generation();
  }
  shard.young.entries.emplace(key, std::move(entry));
  shard.young.bytes += cost;
}

base::Task<void> MemoryCache::SetIfNewer(std::string_view key, uint64_t version, Bytes bytes) {
  const auto age = std::chrono::duration_cast<base::Micros>(
      std::chrono::duration<double>(options_.max_age) * (1.0 - 0.15 * base::RandomUnit()));
  const size_t hash = Hash()(key);
  Shard& shard = ShardOf(hash);
  const std::lock_guard lock(shard.mutex);
  if (VersionOf(shard, hash) != version) {
    counters_.refused.Add();
    co_return;
  }
  Insert(shard, key, {std::move(bytes), clock_.Now() + age});
}

void MemoryCache::Drop(std::string_view key) {
  const size_t hash = Hash()(key);
  Shard& shard = ShardOf(hash);
  const std::lock_guard lock(shard.mutex);
  ++VersionOf(shard, hash);
  shard.young.Erase(key);
  shard.old.Erase(key);
}

void MemoryCache::DropAll() {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (uint64_t& version : shard.versions) ++version;
    shard.young = Generation();
    shard.old = Generation();
  }
}

base::Task<void> MemoryCache::DropEverywhere(std::vector<std::string> keys) {
  for (const std::string& key : keys) Drop(key);
  co_return;
}

size_t MemoryCache::bytes() const {
  size_t bytes = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    bytes += shard.young.bytes + shard.old.bytes;
  }
  return bytes;
}

}  // namespace cruddur::cache
