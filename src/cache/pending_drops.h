// The drops of this process that a cache elsewhere doesn't have yet. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace cruddur::cache {

class PendingDrops {
 public:
  using Drop = std::pair<std::string, uint64_t>;  // a key, and which of its drops it is

  explicit PendingDrops(size_t most) : most_(most) {}

  // Beyond `most` keys all are dropped. `carried`: the caller delivers it himself, and says what
  // came of it (Arrived, or Release).
  void Add(std::string_view key, bool carried = false);
  void AddAll();

  // Whether the key's value, if any, is one that was dropped.
  bool Concern(std::string_view key) const;

  // What is to be delivered: that all keys are dropped, up to `most` keys that nobody carries, the
  // one key.
  std::optional<uint64_t> All() const;
  std::vector<Drop> Some(size_t most) const;
  std::optional<Drop> Find(std::string_view key) const;

  // It has arrived: done with, unless the key was dropped again.
  void Arrived(const Drop& drop);
  void Release(std::string_view key);  // nobody carries it any more
  void AllArrived(uint64_t drop);

  size_t size() const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };

  void AddAllLocked();
  void Count();

  const size_t most_;
  mutable std::mutex mutex_;
  struct State {
    uint64_t drop = 0;
    bool carried = false;
  };
  std::unordered_map<std::string, State, Hash, std::equal_to<>> keys_;
  std::optional<uint64_t> all_;
  uint64_t drops_ = 0;
  std::atomic<size_t> count_{0};  // of both; read without the lock, for it is nearly always 0
};

}  // namespace cruddur::cache
