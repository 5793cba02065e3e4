#include "cache/memory_cache.h"

#include <utility>

#include "base/random.h"

namespace cruddur::cache {
namespace {

// What an entry costs beside its bytes: the node, the control block, the strings' headers.
constexpr size_t kOverhead = 200;
// Of a shard's bytes, the small queue's part.
constexpr size_t kSmallPart = 10;
constexpr uint8_t kMostUses = 3;
// One look-up in so many is measured.
constexpr uint32_t kMeasured = 64;
// In the small queue, for the main one.
constexpr uint8_t kUsesToStay = 2;

size_t Cost(std::string_view key, const Bytes& bytes) {
  return key.size() + bytes->size() + kOverhead;
}

}  // namespace

void MemoryCache::Ghosts::Add(size_t hash, size_t most) {
  if (!known_.insert(hash).second) return;
  order_.push_back(hash);
  while (order_.size() > most) {
    known_.erase(order_.front());
    order_.pop_front();
  }
}

void MemoryCache::Ghosts::Clear() {
  order_.clear();
  known_.clear();
}

MemoryCache::MemoryCache(MemoryCacheOptions options, const base::Clock& clock)
    : options_(options), clock_(clock) {}

base::Task<Lookup> MemoryCache::Get(std::string_view key) {
  // To look at the clock would take about as long as to look the key up.
  thread_local uint32_t asked = 0;
  if (++asked % kMeasured != 0 || counters_.lookup_time == nullptr) co_return Find(key);
  const auto began = std::chrono::steady_clock::now();
  Lookup lookup = Find(key);
  counters_.lookup_time->Observe(std::chrono::steady_clock::now() - began);
  co_return lookup;
}

Lookup MemoryCache::Find(std::string_view key) {
  const size_t hash = Hash()(key);
  const base::Micros now = clock_.Now();
  Shard& shard = ShardOf(hash);
  const std::lock_guard lock(shard.mutex);
  const uint64_t version = VersionOf(shard, hash);

  const auto found = shard.entries.find(key);
  if (found == shard.entries.end() || found->second.expires <= now) {
    counters_.misses.Add();
    return {nullptr, version};
  }
  counters_.hits.Add();
  Entry& entry = found->second;
  if (entry.uses < kMostUses) ++entry.uses;
  return {entry.bytes, version};
}

void MemoryCache::Push(Shard& shard, Entry& entry) {
  Queue& queue = QueueOf(shard, entry);
  queue.entries.push_front(entry);
  queue.bytes += Cost(*entry.key, entry.bytes);
}

void MemoryCache::Unlink(Shard& shard, Entry& entry) {
  Queue& queue = QueueOf(shard, entry);
  queue.entries.erase(queue.entries.iterator_to(entry));
  queue.bytes -= Cost(*entry.key, entry.bytes);
}

void MemoryCache::Forget(Shard& shard, Entry& entry) {
  Unlink(shard, entry);
  shard.entries.erase(shard.entries.find(*entry.key));
}

void MemoryCache::Insert(Shard& shard, std::string_view key, size_t hash, Bytes bytes,
                         base::Micros expires) {
  bool is_main = shard.ghosts.Take(hash);
  if (const auto found = shard.entries.find(key); found != shard.entries.end()) {
    is_main = is_main || found->second.is_main;
    Forget(shard, found->second);
  }
  if (Cost(key, bytes) > options_.max_bytes / kShards / 2) return;
  const auto added = shard.entries.try_emplace(std::string(key)).first;
  Entry& entry = added->second;
  entry.bytes = std::move(bytes);
  entry.expires = expires;
  entry.key = &added->first;
  entry.is_main = is_main;
  Push(shard, entry);
  MakeRoom(shard);
}

void MemoryCache::MakeRoom(Shard& shard) {
  const size_t most = options_.max_bytes / kShards;
  while (shard.small.bytes + shard.main.bytes > most) {
    const bool from_small = shard.small.bytes > most / kSmallPart || shard.main.entries.empty();
    Entry& entry = (from_small ? shard.small : shard.main).entries.back();
    if (entry.uses < (from_small ? kUsesToStay : 1)) {
      if (from_small) shard.ghosts.Add(Hash()(*entry.key), shard.entries.size());
      Forget(shard, entry);
      continue;
    }
    Unlink(shard, entry);
    entry.uses = from_small ? 0 : entry.uses - 1;
    entry.is_main = true;
    Push(shard, entry);
  }
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
  Insert(shard, key, hash, std::move(bytes), clock_.Now() + age);
}

void MemoryCache::Drop(std::string_view key) {
  const size_t hash = Hash()(key);
  Shard& shard = ShardOf(hash);
  const std::lock_guard lock(shard.mutex);
  ++VersionOf(shard, hash);
  const auto found = shard.entries.find(key);
  if (found == shard.entries.end()) return;
  // What changes may still be what is asked for most.
  const bool in_use = found->second.is_main || found->second.uses >= kUsesToStay;
  if (in_use) shard.ghosts.Add(hash, shard.entries.size());
  Forget(shard, found->second);
}

void MemoryCache::DropAll() {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (uint64_t& version : shard.versions) ++version;
    shard.small.entries.clear();
    shard.main.entries.clear();
    shard.small.bytes = shard.main.bytes = 0;
    shard.ghosts.Clear();
    shard.entries.clear();
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
    bytes += shard.small.bytes + shard.main.bytes;
  }
  return bytes;
}

}  // namespace cruddur::cache
