#include "engine/rows.h"

#include "base/log.h"

namespace cruddur::engine {

model::DbError InternalError(std::string_view doing, std::string_view reason) {
  base::Log(base::LogLevel::kError, "engine failure", {{"doing", doing}, {"reason", reason}});
  return {model::DbErrorCode::kInternalServerError, "Internal server error", nullptr};
}

model::DbResult<bool> GetRow(const Storage& storage, std::string_view key,
                             rocksdb::PinnableSlice& value, const StorageSnapshot* snapshot) {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->get();
  const rocksdb::Status status =
      storage.db().Get(options, storage.family(Family::kItems), {key.data(), key.size()}, &value);
  if (status.ok()) return true;
  if (status.IsNotFound()) return false;
  return std::unexpected(InternalError("reading a row", status.ToString()));
}

RowCursor::RowCursor(const Storage& storage, KeyRange range, Direction direction,
                     bool one_partition, const StorageSnapshot* snapshot)
    : idle_(storage.idle_iterators()),
      range_(std::move(range)),
      low_(range_.low),
      high_(range_.high),
      direction_(direction),
      leased_(one_partition && snapshot == nullptr) {
  rocksdb::ColumnFamilyHandle* const items = storage.family(Family::kItems);
  if (leased_) {
    lease_ = idle_.Take(storage.db(), items);
  } else {
    rocksdb::ReadOptions options;
    if (snapshot != nullptr) options.snapshot = snapshot->get();
    // The family is sorted downwards: what RocksDB calls lower is the larger key.
    options.iterate_lower_bound = &high_;
    options.iterate_upper_bound = &low_;
    options.total_order_seek = !one_partition;
    lease_.iterator.reset(storage.db().NewIterator(options, items));
  }
  if (range_.low < range_.high) Seek();
}

RowCursor::~RowCursor() {
  if (leased_) idle_.Give(std::move(lease_));
}

// No bound is a key itself, so it is all the same whether it is in the range.
void RowCursor::Seek() {
  if (direction_ == Direction::kAscending) {
    iterator().SeekForPrev(low_);
  } else {
    iterator().Seek(high_);
  }
  Check();
}

void RowCursor::Check() {
  valid_ = iterator().Valid();
  if (!valid_ || !leased_) return;
  valid_ = direction_ == Direction::kAscending ? iterator().key().compare(high_) < 0
                                               : iterator().key().compare(low_) > 0;
}

model::DbStatus RowCursor::status() const {
  const rocksdb::Status status = iterator().status();
  if (status.ok()) return {};
  return std::unexpected(InternalError("reading a range", status.ToString()));
}

}  // namespace cruddur::engine
