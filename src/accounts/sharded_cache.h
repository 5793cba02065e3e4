// A bounded map from text to values in shards, each with its own lock, so that threads seldom meet.
//
// When a shard is full, an entry goes that hasn't been asked for since the hand last passed it
// (CLOCK): nearly as good as least-recently-used, and a hit writes one byte. Thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace cruddur::accounts {

// A key with its hash: the caller's, because hashing a whole token would cost more than finding it.
struct HashedKey {
  std::string_view text;
  size_t hash;

  explicit HashedKey(std::string_view text)
      : HashedKey(text, std::hash<std::string_view>()(text)) {}
  HashedKey(std::string_view text, size_t hash) : text(text), hash(hash) {}
  bool operator==(const HashedKey& other) const { return text == other.text; }
};

template <class Value>
class ShardedCache {
 public:
  explicit ShardedCache(size_t capacity) : shard_capacity_((capacity + kShards - 1) / kShards) {}

  // Calls `look(Value&)` under the shard's lock if the key is there: keep it short. True if it
  // was.
  template <class Look>
  bool Visit(const HashedKey& key, Look&& look) {
    Shard& shard = ShardOf(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.index.find(key);
    if (found == shard.index.end()) return false;
    found->second->referenced = true;
    look(found->second->value);
    return true;
  }

  // Inserts or replaces.
  void Put(const HashedKey& key, Value value) {
    Shard& shard = ShardOf(key);
    const std::lock_guard lock(shard.mutex);
    if (const auto found = shard.index.find(key); found != shard.index.end()) {
      found->second->value = std::move(value);
      return;
    }
    Slot& slot = FreeSlot(shard);
    slot.key = key.text;
    slot.hash = key.hash;
    slot.value = std::move(value);
    slot.referenced = false;
    shard.index.emplace(HashedKey(slot.key, slot.hash), &slot);
  }

  void Erase(const HashedKey& key) {
    Shard& shard = ShardOf(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.index.find(key);
    if (found == shard.index.end()) return;
    Slot* slot = found->second;
    shard.index.erase(found);
    *slot = Slot();
    shard.free.push_back(slot);
  }

  size_t size() const {
    size_t total = 0;
    for (const Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      total += shard.index.size();
    }
    return total;
  }

 private:
  static constexpr size_t kShards = 16;

  struct Slot {
    std::string key;
    size_t hash = 0;
    Value value{};
    bool referenced = false;
  };
  struct KeyHash {
    size_t operator()(const HashedKey& key) const { return key.hash; }
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::deque<Slot> slots;  // stay where they are: the index looks into them
    std::deque<Slot*> free;
    std::unordered_map<HashedKey, Slot*, KeyHash> index;
    size_t hand = 0;
  };

  // By other bits than the index within the shard goes by.
  Shard& ShardOf(const HashedKey& key) { return shards_[(key.hash >> 48) % kShards]; }

  Slot& FreeSlot(Shard& shard) {
    if (!shard.free.empty()) {
      Slot* slot = shard.free.front();
      shard.free.pop_front();
      return *slot;
    }
    if (shard.slots.size() < shard_capacity_) return shard.slots.emplace_back();
    for (;;) {
      Slot& slot = shard.slots[shard.hand++ % shard.slots.size()];
      if (!std::exchange(slot.referenced, false)) {
        shard.index.erase(HashedKey(slot.key, slot.hash));
        return slot;
      }
    }
  }

  const size_t shard_capacity_;  // at least 1: `capacity` is rounded up
  std::array<Shard, kShards> shards_;
};

}  // namespace cruddur::accounts
