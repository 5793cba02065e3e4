// What tables, indexes and streams there are: an immutable snapshot that every request takes, and
// the edits by which the committer's thread makes the next one.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/key_codec.h"
#include "model/table.h"
#include "model/table_operations.h"
#include "model/table_settings.h"

namespace rocksdb {
class WriteBatch;
}

namespace cruddur::engine {

class Storage;
class Throttle;
struct TtlProgress;

using StreamId = uint32_t;  // from the same numbers as keyspaces: never used again

// Exact figures of one keyspace, changed by the committer's thread only.
struct KeyspaceCounts {
  std::atomic<uint64_t> items = 0;
  std::atomic<uint64_t> bytes = 0;
};

// How far the backfill of a new index has come. Of the committer's thread only.
struct BackfillProgress {
  // The items whose keys are at or above it are in the index, the others not yet: the backfill goes
  // downwards, as the items are sorted.
  std::string reached{"\xFF"};
  // The index holds entries of a backfill that a stop interrupted: it begins anew.
  bool leftovers = false;
};

struct IndexState {
  KeyspaceId id = 0;
  std::shared_ptr<KeyspaceCounts> counts = std::make_shared<KeyspaceCounts>();
  std::shared_ptr<BackfillProgress> backfill;  // null: the index is complete
  bool allocating = false;                     // told as not backfilling yet, whatever it does
  std::shared_ptr<Throttle> throttle;          // of a global index; null: see TableState
};

// A table's TTL, and where its expiry index is: see ttl_index.h.
struct TtlState {
  std::string attribute;                  // of the last change, also after TTL was switched off
  base::Micros changed_at{0};             // 0: it was never switched on
  KeyspaceId index = 0;                   // 0: TTL is off
  std::shared_ptr<TtlProgress> progress;  // null: TTL is off
  std::shared_ptr<BackfillProgress> backfill;  // null: the index is complete
  base::Micros settles_at{0};                  // until then it is ENABLING or DISABLING
  bool on() const { return index != 0; }
};

// Contributor insights of a table or an index that were switched on at least once.
struct ContributorInsightsState {
  bool enabled = false;
  model::ContributorInsightsMode mode{};
  base::Micros changed_at{0};
};

// Why a table is UPDATING, but for its indexes: see update_table_conflicts.h.
enum class TableChange { kNone, kThroughput, kStream, kTableClass };

// A table as its description has it, and where its data is. `item_count` and `size_bytes` of the
// description and `backfilling` of its indexes aren't kept up: see Describe.
struct TableState {
  KeyspaceId id = 0;
  model::TableDescription description;
  std::vector<IndexState> indexes;  // in the order of description.indexes
  StreamId stream = 0;              // the enabled stream; 0: none
  uint32_t open_shard = 0;          // of that stream: where records go
  TtlState ttl;
  std::vector<model::Tag> tags;
  // When a status that passes gives way: see table_transitions.h. 0: none does by its time.
  base::Micros settles_at{0};
  TableChange changing = TableChange::kNone;  // until then
  // The settings that are told until then; null: those of the description.
  std::shared_ptr<const model::TableDescription> shown;
  std::shared_ptr<Throttle> throttle;  // null: throughput isn't enforced
  std::map<std::string, model::ResourcePolicy, std::less<>>
      policies;                                              // by a stream's label; "": its own
  std::map<std::string, ContributorInsightsState> insights;  // by an index's name; "": the table's
  std::shared_ptr<KeyspaceCounts> counts = std::make_shared<KeyspaceCounts>();
  // The last sequence number given to a stream record of this table. Stored with release when that
  // record can be read: who has loaded it with acquire finds the record.
  std::shared_ptr<std::atomic<uint64_t>> last_sequence = std::make_shared<std::atomic<uint64_t>>(0);
};

// The description as it is told at that moment, with its figures.
model::TableDescription Describe(const TableState& table, base::Micros now);

// A shard holds the records of its stream's rows (stream, number, sequence).
struct ShardState {
  uint32_t number = 0;
  std::string id, parent_id;  // "shardId-…", rising with the number; no parent: empty
  uint64_t first_sequence = 0;
  uint64_t last_sequence = 0;  // 0: open
  base::Micros opened_at{0};
  base::Micros closed_at{0};  // 0: open. Goes 24 hours later, as its last record does
};

// How long stream records can be read, and the streams that have ended.
inline constexpr base::Micros kStreamRetention = std::chrono::hours(24);

struct StreamState {
  StreamId id = 0;
  std::string arn, label, table_name, table_id;
  model::StreamViewType view = model::StreamViewType::kKeysOnly;
  model::KeySchema keys;
  base::Micros created_at{0};
  base::Micros disabled_at{0};  // 0: enabled. A disabled stream can be read for 24 hours
  std::vector<ShardState> shards;
};

struct CatalogSnapshot {
  std::map<std::string, std::shared_ptr<const TableState>, std::less<>> tables;    // by name
  std::map<std::string, std::shared_ptr<const StreamState>, std::less<>> streams;  // by ARN

  std::shared_ptr<const TableState> FindTable(std::string_view name) const;  // null: none
  std::shared_ptr<const StreamState> FindStream(std::string_view arn) const;
};

// The next state of the catalog while it is being made.
class CatalogEdit {
 public:
  CatalogEdit(CatalogEdit&&) noexcept = default;
  CatalogEdit& operator=(CatalogEdit&&) noexcept = default;

  KeyspaceId NewId() { return next_id_++; }
  void PutTable(TableState table);
  void DropTable(std::string_view name);
  void PutStream(StreamState stream);
  void DropStream(std::string_view arn);
  const CatalogSnapshot& next() const { return *next_; }

  // Adds the rows to a batch. Written with it, or not at all.
  void AppendTo(rocksdb::WriteBatch& batch) const;

 private:
  friend class Catalog;
  CatalogEdit(const CatalogSnapshot& base, KeyspaceId next_id, const base::Clock* throttle_clock)
      : next_(std::make_shared<CatalogSnapshot>(base)),
        next_id_(next_id),
        throttle_clock_(throttle_clock) {}

  std::shared_ptr<CatalogSnapshot> next_;
  KeyspaceId next_id_;
  const base::Clock* throttle_clock_;
  std::vector<std::pair<std::string, std::optional<std::string>>> rows_;  // nullopt: deleted
};

class Catalog {
 public:
  // Reads what is stored. kCorruption for rows that don't read. With a clock, which outlives the
  // catalog, the throughput of all tables is enforced: see throughput.h.
  static base::Result<std::unique_ptr<Catalog>> Load(const Storage& storage,
                                                     const base::Clock* throttle_clock = nullptr);

  // Thread-safe, and cheap enough for every request.
  std::shared_ptr<const CatalogSnapshot> Snapshot() const;

  // For the committer's thread: an edit of the present state, and, when its rows are durable, its
  // publication.
  CatalogEdit Edit() const;
  void Publish(CatalogEdit edit) noexcept;

 private:
  explicit Catalog(const base::Clock* throttle_clock) : throttle_clock_(throttle_clock) {}

  const base::Clock* const throttle_clock_;  // null: nothing is enforced
  mutable std::mutex mutex_;
  std::shared_ptr<const CatalogSnapshot> snapshot_;  // protected by mutex_
  KeyspaceId next_id_ = 1;                           // the committer's thread only
};

// The row that holds a table's last sequence number and the counts of its keyspaces. It is written
// with every commit that changes them.
struct KeyspaceFigures {
  KeyspaceId id = 0;
  uint64_t items = 0, bytes = 0;
};
std::string CountsKey(KeyspaceId table);
std::string EncodeCounts(uint64_t last_sequence, std::span<const KeyspaceFigures> keyspaces);

}  // namespace cruddur::engine
