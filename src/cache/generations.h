// A bounded map for what can be looked up again: recent entries stay, the rest goes.
//
// Each shard keeps two generations. When the young one is full it becomes the old one, and the old
// one is dropped; what is found in the old one moves to the young. So there are at most `capacity`
// entries, each operation is O(1), and one lock a shard is held for nanoseconds. Thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace cruddur::cache {

template <class Value>  // cheap to copy: a shared_ptr, a small struct
class Generations {
 public:
  explicit Generations(size_t capacity) : half_(std::max<size_t>(capacity / kShards / 2, 1)) {}

  std::optional<Value> Find(std::string_view key) {
    Shard& shard = ShardOf(key);
    const std::lock_guard lock(shard.mutex);
    if (const auto found = shard.young.find(key); found != shard.young.end()) {
      return found->second;
    }
    const auto found = shard.old.find(key);
    if (found == shard.old.end()) return std::nullopt;
    auto node = shard.old.extract(found);
    Value value = node.mapped();
    MakeRoom(shard);
    shard.young.insert(std::move(node));
    return value;
  }

  // Inserts or replaces.
  void Put(std::string_view key, Value value) {
    Shard& shard = ShardOf(key);
    const std::lock_guard lock(shard.mutex);
    Remove(shard.old, key);
    MakeRoom(shard);
    shard.young.insert_or_assign(std::string(key), std::move(value));
  }

  // What is there stays and is answered; otherwise `value` is put and answered.
  Value PutIfAbsent(std::string_view key, Value value) {
    if (auto present = Find(key)) return *std::move(present);
    Shard& shard = ShardOf(key);
    const std::lock_guard lock(shard.mutex);
    MakeRoom(shard);
    return shard.young.try_emplace(std::string(key), std::move(value)).first->second;
  }

  // change(value&) under the shard's lock, if the key is there.
  template <class Change>
  void Update(std::string_view key, Change change) {
    Shard& shard = ShardOf(key);
    const std::lock_guard lock(shard.mutex);
    for (Map* map : {&shard.young, &shard.old}) {
      if (const auto found = map->find(key); found != map->end()) return change(found->second);
    }
  }

  void Erase(std::string_view key) {
    Shard& shard = ShardOf(key);
    const std::lock_guard lock(shard.mutex);
    Remove(shard.young, key);
    Remove(shard.old, key);
  }

  void Clear() {
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      shard.young.clear();
      shard.old.clear();
    }
  }

  size_t size() const {
    size_t count = 0;
    for (const Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      count += shard.young.size() + shard.old.size();
    }
    return count;
  }

 private:
  static constexpr size_t kShards = 16;

  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };
  using Map = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;
  struct Shard {
    mutable std::mutex mutex;
    Map young, old;
  };

  // The upper bits: the maps themselves use the lower ones.
  Shard& ShardOf(std::string_view key) { return shards_[(Hash()(key) >> 48) % kShards]; }

  static void Remove(Map& map, std::string_view key) {
    if (const auto found = map.find(key); found != map.end()) map.erase(found);
  }

  void MakeRoom(Shard& shard) {
    if (shard.young.size() < half_) return;
    shard.old = std::move(shard.young);
    shard.young = Map();
  }

  const size_t half_;
  std::array<Shard, kShards> shards_;
};

}  // namespace cruddur::cache
