// One commit while it is made: what the operations that share it have written so far, over the
// stored state. An operation sees the writes of those before it.
//
// Of the committer's thread. Nothing that is written here is visible to anyone else before the
// batch is durable; if writing it fails, all of it is forgotten.
#pragma once

#include <rocksdb/slice.h>
#include <rocksdb/write_batch.h>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "engine/capacity.h"
#include "engine/catalog.h"
#include "engine/engine.h"
#include "engine/row.h"
#include "engine/storage.h"
#include "engine/subscriptions.h"

namespace cruddur::engine {

// An item as it stands at this point of a commit. Valid until that item is written.
class CurrentItem {
 public:
  bool exists() const { return exists_; }
  size_t size() const { return row_.size; }                              // 0: no item
  std::string_view bytes() const { return row_.item_bytes; }             // model::EncodeItem's
  const model::Item* item() const { return item_ ? &*item_ : nullptr; }  // if it was asked for

 private:
  friend class Commit;
  bool exists_ = false;
  Row row_;  // views into stored_ or the commit
  std::unique_ptr<rocksdb::PinnableSlice> stored_;
  std::optional<model::Item> item_;
};

enum class Detail { kSize, kItem };

class Commit {
 public:
  // `batch` is empty and outlives the commit.
  Commit(const Storage& storage, const Catalog& catalog, base::Micros now,
         rocksdb::WriteBatch& batch);

  const CatalogSnapshot& catalog() const { return *snapshot_; }
  const Storage& storage() const { return storage_; }
  base::Micros now() const { return now_; }
  rocksdb::WriteBatch& batch() { return batch_; }

  // The item under a key of AppendItemKey's. kInternalServerError where the store can't be read.
  DbResult<CurrentItem> Read(std::string_view key, Detail detail) const;

  // What a write of an item to this table has to know of the item before.
  static Detail DetailNeeded(const TableState& table);

  // Puts `after` (whose row is `row`) or deletes (null), with index entries, stream record and
  // counts. Writes nothing if nothing changes. `before` is what Read answered, with DetailNeeded at
  // least. REQUIRES: `table` is of this commit's catalog. Cannot fail.
  void Write(const TableState& table, std::string_view key, const CurrentItem& before,
             const model::Item* after, std::string_view row, CapacityMeter& meter);

  // Deletes as TTL does: the stream record says so, and nobody pays. `before` is what Read answered
  // for an item that exists, with Detail::kItem.
  void Expire(const TableState& table, std::string_view key, const CurrentItem& before);

  // Index entries that the backfill adds: only their counts, the rows are the caller's.
  void AddToCounts(const TableState& table, size_t index, uint64_t items, uint64_t bytes);

  // Idempotency tokens: see tokens.h. Null: not known.
  DbResult<std::optional<std::string>> ReadToken(const std::string& token) const;
  void WriteToken(const std::string& token, std::string value);
  // Written by this commit: the transaction is still under way.
  bool IsFreshToken(const std::string& token) const { return tokens_.contains(token); }

  // Holds an item for a transaction, which is under way until the commit is done: see may_conflict
  // of model::PutItemRequest. The key lives as long as the commit.
  void Hold(std::string_view key) { held_.insert(key); }
  bool IsHeld(std::string_view key) const { return !held_.empty() && held_.contains(key); }

  // The catalog's change, if the operation makes one. It is alone in the commit then.
  CatalogEdit Edit() const { return catalog_.Edit(); }
  void SetEdit(CatalogEdit edit) { edit_ = std::move(edit); }

  // Adds what is written once a commit. Call after the last operation.
  void Seal();
  // The batch is durable: makes counts and catalog visible. Nothing of it may fail any more.
  void Publish(Catalog& catalog) noexcept;
  // Whether there is anything for subscribers, and what it is: for after Publish.
  bool HasNews() const { return !news_.empty(); }
  std::vector<CommittedRecords> News(const Subscriptions::TableFilter& wanted) const;

 private:
  struct Written {
    bool exists = false;
    std::string row;
  };
  struct StringHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  // How a table's counts and sequence number change.
  struct Tally {
    std::shared_ptr<const TableState> table;
    uint64_t sequence = 0;
    std::vector<KeyspaceFigures> keyspaces;  // the table's, then its indexes'; as they will be
  };
  struct Change;
  // What subscribers are told: a stream record as it is stored, or, without a key, that a table's
  // stream was made, switched or dropped.
  struct NewsItem {
    std::string table, key, value;
  };

  void WriteChange(const Change& change, CapacityMeter& meter);
  Tally& TallyOf(const TableState& table);
  void WriteIndexes(const Change& change, Tally& tally, CapacityMeter& meter);
  void WriteExpiry(const Change& change);
  void WriteRecord(const Change& change, Tally& tally);
  // Notes the tables that came or went, and the streams that were switched.
  void NoteReplacedStreams(const CatalogSnapshot& after);

  const Storage& storage_;
  const Catalog& catalog_;
  const std::shared_ptr<const CatalogSnapshot> snapshot_;
  const base::Micros now_;
  rocksdb::WriteBatch& batch_;
  std::unordered_map<std::string, Written, StringHash, std::equal_to<>> written_;
  std::map<std::string, std::string> tokens_;
  std::unordered_set<std::string_view> held_;
  std::vector<Tally> tallies_;
  std::vector<NewsItem> news_;
  std::optional<CatalogEdit> edit_;
};

}  // namespace cruddur::engine
