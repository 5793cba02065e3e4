#include "engine/idle_iterators.h"

namespace cruddur::engine {
namespace {

// About as many as there are threads that read.
constexpr size_t kMaxIdle = 8;

}  // namespace

IdleIterators::Lease IdleIterators::Take(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* items) {
  Lease lease;
  {
    const std::lock_guard lock(mutex_);
    lease.generation = generation_;
    if (!idle_.empty()) {
      lease.iterator = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (lease.iterator != nullptr && lease.iterator->Refresh().ok()) return lease;
  rocksdb::ReadOptions options;
  options.prefix_same_as_start = true;
  lease.iterator.reset(db.NewIterator(options, items));
  return lease;
}

void IdleIterators::Give(Lease lease) {
  if (!lease.iterator->status().ok()) return;
  const std::lock_guard lock(mutex_);
  if (closed_ || lease.generation != generation_ || idle_.size() >= kMaxIdle) return;
  idle_.push_back(std::move(lease.iterator));
}

void IdleIterators::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  DropAll();
}

void IdleIterators::DropAll() {
  std::vector<std::unique_ptr<rocksdb::Iterator>> dropped;  // destroyed once the lock is free
  const std::lock_guard lock(mutex_);
  dropped.swap(idle_);
  ++generation_;
}

}  // namespace cruddur::engine
