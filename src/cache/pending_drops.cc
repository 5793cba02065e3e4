#include "cache/pending_drops.h"

namespace cruddur::cache {

void PendingDrops::Count() {
  count_.store(keys_.size() + (all_ ? 1 : 0), std::memory_order_release);
}

void PendingDrops::AddAllLocked() {
  keys_.clear();
  all_ = ++drops_;
}

void PendingDrops::Add(std::string_view key, bool carried) {
  const std::lock_guard lock(mutex_);
  if (keys_.size() < most_) {
    keys_.insert_or_assign(std::string(key), State{++drops_, carried});
  } else {
    AddAllLocked();
  }
  Count();
}

void PendingDrops::AddAll() {
  const std::lock_guard lock(mutex_);
  AddAllLocked();
  Count();
}

bool PendingDrops::Concern(std::string_view key) const {
  if (count_.load(std::memory_order_acquire) == 0) return false;
  const std::lock_guard lock(mutex_);
  return all_ || keys_.contains(key);
}

std::optional<uint64_t> PendingDrops::All() const {
  const std::lock_guard lock(mutex_);
  return all_;
}

std::vector<PendingDrops::Drop> PendingDrops::Some(size_t most) const {
  const std::lock_guard lock(mutex_);
  std::vector<Drop> some;
  for (auto it = keys_.begin(); it != keys_.end() && some.size() < most; ++it) {
    if (!it->second.carried) some.emplace_back(it->first, it->second.drop);
  }
  return some;
}

std::optional<PendingDrops::Drop> PendingDrops::Find(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(key);
  if (found == keys_.end()) return std::nullopt;
  return Drop(found->first, found->second.drop);
}

void PendingDrops::Release(std::string_view key) {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(key);
  if (found != keys_.end()) found->second.carried = false;
}

void PendingDrops::Arrived(const Drop& drop) {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(drop.first);
  if (found != keys_.end() && found->second.drop == drop.second) keys_.erase(found);
  Count();
}

void PendingDrops::AllArrived(uint64_t drop) {
  const std::lock_guard lock(mutex_);
  if (all_ == drop) all_.reset();
  Count();
}

size_t PendingDrops::size() const { return count_.load(std::memory_order_acquire); }

}  // namespace cruddur::cache
