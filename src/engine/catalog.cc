#include "engine/catalog.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "engine/catalog_codec.h"
#include "engine/shown_settings.h"
#include "engine/storage.h"
#include "engine/throttle.h"
#include "engine/throughput_changes.h"

namespace cruddur::engine {
namespace {

using base::ErrorCode;
using base::Fail;

// Rows of the catalog's column family begin with the letter of their kind.
constexpr std::string_view kNextIdKey = "n";
constexpr char kTableRow = 't';   // and the table's name
constexpr char kStreamRow = 's';  // and the stream's number
constexpr char kCountsRow = 'c';  // and the table's number

std::string TableKey(std::string_view name) { return kTableRow + std::string(name); }

std::string StreamKey(StreamId id) {
  std::string key(1, kStreamRow);
  AppendUint32(id, key);
  return key;
}

// Of a keyspace that isn't listed nothing was written yet: its counts are zero.
base::Status DecodeCounts(std::string_view row, TableState& table) {
  if (row.size() < 8 || (row.size() - 8) % 20 != 0) {
    return Fail(ErrorCode::kCorruption, "counts of table " + table.description.name);
  }
  table.last_sequence->store(ReadUint64(row));
  for (row.remove_prefix(8); !row.empty(); row.remove_prefix(20)) {
    const KeyspaceId id = ReadUint32(row);
    KeyspaceCounts* counts = id == table.id ? table.counts.get() : nullptr;
    for (const IndexState& index : table.indexes) {
      if (id == index.id) counts = index.counts.get();
    }
    if (counts == nullptr) continue;
    counts->items.store(ReadUint64(row.substr(4)));
    counts->bytes.store(ReadUint64(row.substr(12)));
  }
  return {};
}

// Gives what has throughput of its own its buckets, unless it has them.
void AddThrottles(TableState& table, const base::Clock* clock) {
  if (clock == nullptr) return;
  if (table.throttle == nullptr) table.throttle = std::make_shared<Throttle>(*clock);
  for (size_t i = 0; i < table.indexes.size(); ++i) {
    auto& throttle = table.indexes[i].throttle;
    if (table.description.indexes[i].global && throttle == nullptr) {
      throttle = std::make_shared<Throttle>(*clock);
    }
  }
}

}  // namespace

model::TableDescription Describe(const TableState& table, base::Micros now) {
  model::TableDescription description = table.description;
  if (table.shown != nullptr) ShowSettings(*table.shown, description);
  const auto tell_changes = [now](model::ThroughputChanges& changes) {
    changes = ThroughputChangesOn(now, changes);
  };
  tell_changes(description.throughput_changes);
  description.item_count = table.counts->items.load(std::memory_order_relaxed);
  description.size_bytes = table.counts->bytes.load(std::memory_order_relaxed);
  for (size_t i = 0; i < table.indexes.size(); ++i) {
    const KeyspaceCounts& counts = *table.indexes[i].counts;
    description.indexes[i].item_count = counts.items.load(std::memory_order_relaxed);
    description.indexes[i].size_bytes = counts.bytes.load(std::memory_order_relaxed);
    description.indexes[i].backfilling =
        description.indexes[i].status == model::TableStatus::kCreating &&
        !table.indexes[i].allocating && table.description.status != model::TableStatus::kCreating;
    tell_changes(description.indexes[i].throughput_changes);
  }
  return description;
}

std::string CountsKey(KeyspaceId table) {
  std::string key(1, kCountsRow);
  AppendUint32(table, key);
  return key;
}

std::string EncodeCounts(uint64_t last_sequence, std::span<const KeyspaceFigures> keyspaces) {
  std::string row;
  AppendUint64(last_sequence, row);
  for (const KeyspaceFigures& keyspace : keyspaces) {
    AppendUint32(keyspace.id, row);
    AppendUint64(keyspace.items, row);
    AppendUint64(keyspace.bytes, row);
  }
  return row;
}

std::shared_ptr<const TableState> CatalogSnapshot::FindTable(std::string_view name) const {
  const auto found = tables.find(name);
  return found == tables.end() ? nullptr : found->second;
}

std::shared_ptr<const StreamState> CatalogSnapshot::FindStream(std::string_view arn) const {
  const auto found = streams.find(arn);
  return found == streams.end() ? nullptr : found->second;
}

void CatalogEdit::PutTable(TableState table) {
  AddThrottles(table, throttle_clock_);
  rows_.emplace_back(TableKey(table.description.name), EncodeTable(table));
  const std::string name = table.description.name;
  next_->tables[name] = std::make_shared<const TableState>(std::move(table));
}

void CatalogEdit::DropTable(std::string_view name) {
  const auto found = next_->tables.find(name);
  if (found == next_->tables.end()) return;
  rows_.emplace_back(TableKey(name), std::nullopt);
  rows_.emplace_back(CountsKey(found->second->id), std::nullopt);
  next_->tables.erase(found);
}

void CatalogEdit::PutStream(StreamState stream) {
  rows_.emplace_back(StreamKey(stream.id), EncodeStream(stream));
  const std::string arn = stream.arn;
  next_->streams[arn] = std::make_shared<const StreamState>(std::move(stream));
}

void CatalogEdit::DropStream(std::string_view arn) {
  const auto found = next_->streams.find(arn);
  if (found == next_->streams.end()) return;
  rows_.emplace_back(StreamKey(found->second->id), std::nullopt);
  next_->streams.erase(found);
}

void CatalogEdit::AppendTo(rocksdb::WriteBatch& batch) const {
  for (const auto& [key, row] : rows_) {
    if (row) {
      batch.Put(key, *row).PermitUncheckedError();
    } else {
      batch.Delete(key).PermitUncheckedError();
    }
  }
  std::string next_id;
  AppendUint32(next_id_, next_id);
  batch.Put(rocksdb::Slice(kNextIdKey.data(), kNextIdKey.size()), next_id).PermitUncheckedError();
}

base::Result<std::unique_ptr<Catalog>> Catalog::Load(const Storage& storage,
                                                     const base::Clock* throttle_clock) {
  std::unique_ptr<Catalog> catalog(new Catalog(throttle_clock));
  auto snapshot = std::make_shared<CatalogSnapshot>();
  std::map<KeyspaceId, TableState> tables;
  const std::unique_ptr<rocksdb::Iterator> rows(
      storage.db().NewIterator(rocksdb::ReadOptions(), storage.family(Family::kCatalog)));
  std::map<KeyspaceId, std::string> counts;
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    const std::string_view key(rows->key().data(), rows->key().size());
    const std::string_view value(rows->value().data(), rows->value().size());
    if (key == kNextIdKey && value.size() == 4) {
      catalog->next_id_ = ReadUint32(value);
    } else if (key.front() == kTableRow) {
      TRY_ASSIGN(TableState table, DecodeTable(value));
      const KeyspaceId id = table.id;
      tables.emplace(id, std::move(table));
    } else if (key.front() == kStreamRow) {
      TRY_ASSIGN(StreamState stream, DecodeStream(value));
      const std::string arn = stream.arn;
      snapshot->streams[arn] = std::make_shared<const StreamState>(std::move(stream));
    } else if (key.front() == kCountsRow && key.size() == 5) {
      counts.emplace(ReadUint32(key.substr(1)), value);
    }
  }
  if (!rows->status().ok()) return Fail(ErrorCode::kCorruption, rows->status().ToString());
  for (auto& [id, table] : tables) {
    const auto found = counts.find(id);
    if (found != counts.end()) TRY(DecodeCounts(found->second, table));
    AddThrottles(table, throttle_clock);
    const std::string name = table.description.name;
    snapshot->tables[name] = std::make_shared<const TableState>(std::move(table));
  }
  catalog->snapshot_ = std::move(snapshot);
  return catalog;
}

std::shared_ptr<const CatalogSnapshot> Catalog::Snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

CatalogEdit Catalog::Edit() const { return CatalogEdit(*Snapshot(), next_id_, throttle_clock_); }

void Catalog::Publish(CatalogEdit edit) noexcept {
  next_id_ = edit.next_id_;
  std::shared_ptr<const CatalogSnapshot> next = std::move(edit.next_);
  const std::lock_guard lock(mutex_);
  snapshot_.swap(next);
}

}  // namespace cruddur::engine
