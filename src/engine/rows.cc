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
    : range_(std::move(range)), low_(range_.low), high_(range_.high), direction_(direction) {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->get();
  // The family is sorted downwards: what RocksDB calls lower is the larger key.
  options.iterate_lower_bound = &high_;
  options.iterate_upper_bound = &low_;
  options.total_order_seek = !one_partition;
  iterator_.reset(storage.db().NewIterator(options, storage.family(Family::kItems)));
  if (range_.low >= range_.high) return;  // nothing is between: an invalid iterator
  if (direction_ == Direction::kAscending) {
    iterator_->SeekToLast();
  } else {
    iterator_->SeekToFirst();
  }
}

model::DbStatus RowCursor::status() const {
  const rocksdb::Status status = iterator_->status();
  if (status.ok()) return {};
  return std::unexpected(InternalError("reading a range", status.ToString()));
}

}  // namespace cruddur::engine
