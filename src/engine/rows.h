// Reads rows of the items column family: one by its key, or a range of keys in either direction.
#pragma once

#include <rocksdb/db.h>

#include <string_view>

#include "engine/idle_iterators.h"
#include "engine/key_codec.h"
#include "engine/storage.h"
#include "model/error.h"

namespace cruddur::engine {

// What clients see of a failing store is only that it failed; the log has the rest.
model::DbError InternalError(std::string_view doing, std::string_view reason);

// A moment of the store to read at.
class StorageSnapshot {
 public:
  explicit StorageSnapshot(const Storage& storage)
      : db_(storage.db()), snapshot_(db_.GetSnapshot()) {}
  ~StorageSnapshot() { db_.ReleaseSnapshot(snapshot_); }
  StorageSnapshot(const StorageSnapshot&) = delete;
  StorageSnapshot& operator=(const StorageSnapshot&) = delete;

  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
};

// False if there is no such row. `snapshot` is null for the present.
model::DbResult<bool> GetRow(const Storage& storage, std::string_view key,
                             rocksdb::PinnableSlice& value,
                             const StorageSnapshot* snapshot = nullptr);

enum class Direction { kAscending, kDescending };

// Walks a range as it was when the cursor was made. Not thread-safe.
class RowCursor {
 public:
  // `one_partition`: all keys of the range begin with the same kPrefixBytes bytes.
  RowCursor(const Storage& storage, KeyRange range, Direction direction, bool one_partition,
            const StorageSnapshot* snapshot = nullptr);
  ~RowCursor();
  RowCursor(const RowCursor&) = delete;  // the iterator points into the bounds
  RowCursor& operator=(const RowCursor&) = delete;

  bool Valid() const { return valid_; }
  // REQUIRES: Valid().
  void Next() {
    direction_ == Direction::kAscending ? iterator().Prev() : iterator().Next();
    Check();
  }
  // Until the next move. REQUIRES: Valid().
  std::string_view key() const { return View(iterator().key()); }
  std::string_view value() const { return View(iterator().value()); }
  // Whether the cursor came to its end in good order.
  model::DbStatus status() const;

 private:
  static std::string_view View(rocksdb::Slice slice) { return {slice.data(), slice.size()}; }
  rocksdb::Iterator& iterator() const { return *lease_.iterator; }
  void Seek();
  void Check();

  IdleIterators& idle_;
  const KeyRange range_;
  const rocksdb::Slice low_, high_;
  const Direction direction_;
  const bool leased_;  // otherwise the iterator is this cursor's own, and knows its bounds
  IdleIterators::Lease lease_;
  bool valid_ = false;
};

}  // namespace cruddur::engine
