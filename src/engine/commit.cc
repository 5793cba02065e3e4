#include "engine/commit.h"

#include <rocksdb/db.h>

#include <algorithm>

#include "engine/index_entry.h"
#include "engine/key_checks.h"
#include "engine/rows.h"
#include "engine/stream_codec.h"
#include "engine/throughput.h"
#include "engine/ttl_index.h"
#include "model/stored_item.h"

namespace cruddur::engine {
namespace {

rocksdb::Slice SliceOf(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ViewOf(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// The client learns that it failed, the log why.
std::unexpected<model::DbError> Unreadable(std::string_view why) {
  return std::unexpected(InternalError("read for a write", why));
}

bool HasNewImage(model::StreamViewType view) {
  return view == model::StreamViewType::kNewImage ||
         view == model::StreamViewType::kNewAndOldImages;
}
bool HasOldImage(model::StreamViewType view) {
  return view == model::StreamViewType::kOldImage ||
         view == model::StreamViewType::kNewAndOldImages;
}

}  // namespace

struct Commit::Change {
  const TableState& table;
  std::string_view key;
  const CurrentItem& before;
  const model::Item* after;
  std::string_view row;  // of `after`
  bool by_ttl = false;
};

Commit::Commit(const Storage& storage, const Catalog& catalog, base::Micros now,
               rocksdb::WriteBatch& batch)
    : storage_(storage),
      catalog_(catalog),
      snapshot_(catalog.Snapshot()),
      now_(now),
      batch_(batch) {}

DbResult<CurrentItem> Commit::Read(std::string_view key, Detail detail) const {
  CurrentItem current;
  std::string_view value;
  if (const auto found = written_.find(key); found != written_.end()) {
    if (!found->second.exists) return current;
    value = found->second.row;
  } else {
    current.stored_ = std::make_unique<rocksdb::PinnableSlice>();
    const rocksdb::Status status =
        storage_.db().Get(rocksdb::ReadOptions(), storage_.family(Family::kItems), SliceOf(key),
                          current.stored_.get());
    if (status.IsNotFound()) return current;
    if (!status.ok()) return Unreadable(status.ToString());
    value = ViewOf(*current.stored_);
  }
  const auto row = ParseRow(value);
  if (!row) return Unreadable(row.error().message);
  current.exists_ = true;
  current.row_ = *row;
  if (detail == Detail::kItem) {
    auto item = model::DecodeItem(row->item_bytes);
    if (!item) return Unreadable(item.error().message);
    current.item_ = *std::move(item);
  }
  return current;
}

Detail Commit::DetailNeeded(const TableState& table) {
  const bool old_image = table.stream != 0 && HasOldImage(*table.description.stream_view);
  return !table.indexes.empty() || table.ttl.on() || old_image ? Detail::kItem : Detail::kSize;
}

Commit::Tally& Commit::TallyOf(const TableState& table) {
  // A commit writes to few tables.
  for (Tally& tally : tallies_) {
    if (tally.table.get() == &table) return tally;
  }
  Tally& tally = tallies_.emplace_back();
  tally.table = snapshot_->FindTable(table.description.name);
  tally.sequence = table.last_sequence->load(std::memory_order_relaxed);
  const auto add = [&](KeyspaceId id, const KeyspaceCounts& counts) {
    tally.keyspaces.push_back({id, counts.items.load(std::memory_order_relaxed),
                               counts.bytes.load(std::memory_order_relaxed)});
  };
  add(table.id, *table.counts);
  for (const IndexState& index : table.indexes) add(index.id, *index.counts);
  return tally;
}

void Commit::AddToCounts(const TableState& table, size_t index, uint64_t items, uint64_t bytes) {
  KeyspaceFigures& figures = TallyOf(table).keyspaces[1 + index];
  figures.items += items;
  figures.bytes += bytes;
}

void Commit::Write(const TableState& table, std::string_view key, const CurrentItem& before,
                   const model::Item* after, std::string_view row, CapacityMeter& meter) {
  WriteChange({table, key, before, after, row}, meter);
}

void Commit::Expire(const TableState& table, std::string_view key, const CurrentItem& before) {
  CapacityMeter nobody(model::ReturnConsumedCapacity::kNone);
  WriteChange({table, key, before, nullptr, {}, /*by_ttl=*/true}, nobody);
}

void Commit::WriteChange(const Change& change, CapacityMeter& meter) {
  const auto& [table, key, before, after, row, by_ttl] = change;
  const Row new_row = after != nullptr ? *ParseRow(row) : Row{};
  const bool unchanged = before.exists() == (after != nullptr) &&
                         (after == nullptr || before.bytes() == new_row.item_bytes);
  if (unchanged) return;

  Tally& tally = TallyOf(table);
  KeyspaceFigures& own = tally.keyspaces.front();
  own.items += (after != nullptr ? 1 : 0) - (before.exists() ? 1 : 0);
  own.bytes += new_row.size - before.size();
  if (after != nullptr) {
    batch_.Put(storage_.family(Family::kItems), SliceOf(key), SliceOf(row)).PermitUncheckedError();
  } else {
    batch_.Delete(storage_.family(Family::kItems), SliceOf(key)).PermitUncheckedError();
  }
  if (!table.indexes.empty()) WriteIndexes(change, tally, meter);
  if (table.ttl.on()) WriteExpiry(change);
  if (table.stream != 0) WriteRecord(change, tally);
  // Last: `before` may refer to what this replaces.
  written_.insert_or_assign(std::string(key), Written{after != nullptr, std::string(row)});
}

void Commit::WriteIndexes(const Change& change, Tally& tally, CapacityMeter& meter) {
  const TableState& table = change.table;
  std::string old_row;
  if (change.before.exists()) {
    AppendUint32(static_cast<uint32_t>(change.before.size()), old_row);
    old_row.append(change.before.bytes());
  }
  rocksdb::ColumnFamilyHandle* items = storage_.family(Family::kItems);
  for (size_t i = 0; i < table.indexes.size(); ++i) {
    if (!IsCovered(table.indexes[i].backfill.get(), change.key)) continue;
    IndexEntry was, is;
    if (change.before.exists()) was = MakeIndexEntry(table, i, *change.before.item(), old_row);
    if (change.after != nullptr) is = MakeIndexEntry(table, i, *change.after, change.row);
    const bool moved = was.exists() && is.exists() && was.key != is.key;
    const bool changed = was.key != is.key || was.row != is.row;
    if (meter.wanted() || table.throttle != nullptr) {
      IndexEntryChange cost;
      if (was.exists()) cost.bytes_before = was.size();
      if (is.exists()) cost.bytes_after = is.size();
      cost.key_changed = moved;
      cost.changed = changed;
      const double units = IndexWriteUnits(cost);
      if (units > 0) {
        meter.AddIndex(table.description.name, table.description.indexes[i], {.write = units});
        if (!change.by_ttl) Charge(table, &table.description.indexes[i], UnitKind::kWrite, units);
      }
    }
    if (!changed) continue;
    if (was.exists() && was.key != is.key) batch_.Delete(items, was.key).PermitUncheckedError();
    if (is.exists()) batch_.Put(items, is.key, is.row).PermitUncheckedError();
    KeyspaceFigures& figures = tally.keyspaces[1 + i];
    figures.items += (is.exists() ? 1 : 0) - (was.exists() ? 1 : 0);
    figures.bytes += is.size() - was.size();
  }
}

void Commit::WriteExpiry(const Change& change) {
  const TtlState& ttl = change.table.ttl;
  if (!IsCovered(ttl.backfill.get(), change.key)) return;
  std::optional<int64_t> was, is;
  if (change.before.exists()) was = ExpiryOf(*change.before.item(), ttl.attribute);
  if (change.after != nullptr) is = ExpiryOf(*change.after, ttl.attribute);
  if (was == is) return;
  rocksdb::ColumnFamilyHandle* const items = storage_.family(Family::kItems);
  if (was) {
    batch_.Delete(items, ExpiryKey(ttl.index, *was, change.key)).PermitUncheckedError();
  }
  if (is) {
    const std::string key = ExpiryKey(ttl.index, *is, change.key);
    batch_.Put(items, key, "").PermitUncheckedError();
    ttl.progress->NoteAdded(key);
  }
}

void Commit::WriteRecord(const Change& change, Tally& tally) {
  const TableState& table = change.table;
  const model::StreamViewType view = *table.description.stream_view;
  NewStreamRecord record;
  record.event = !change.before.exists()   ? model::StreamEventName::kInsert
                 : change.after != nullptr ? model::StreamEventName::kModify
                                           : model::StreamEventName::kRemove;
  record.view = view;
  record.created_at = now_;
  record.by_ttl = change.by_ttl;
  // The key attributes are those of either image; a size alone may be known of the one before.
  std::optional<model::Item> removed;
  const model::Item* keyed = change.after != nullptr ? change.after : change.before.item();
  if (keyed == nullptr) {
    auto decoded = model::DecodeItem(change.before.bytes());
    removed = decoded ? *std::move(decoded) : model::Item();
    keyed = &*removed;
  }
  record.keys = ExtractKey(*keyed, table.description.keys);
  record.size_bytes = model::SizeInBytes(record.keys);
  if (change.after != nullptr && HasNewImage(view)) {
    const Row row = *ParseRow(change.row);
    record.new_image = row.item_bytes;
    record.size_bytes += row.size;
  }
  if (change.before.exists() && HasOldImage(view)) {
    record.old_image = change.before.bytes();
    record.size_bytes += change.before.size();
  }
  std::string key = StreamRowKey(table.stream, table.open_shard, ++tally.sequence);
  std::string value = EncodeStreamRecord(record);
  batch_.Put(storage_.family(Family::kStreams), key, value).PermitUncheckedError();
  news_.push_back({table.description.name, std::move(key), std::move(value)});
}

DbResult<std::optional<std::string>> Commit::ReadToken(const std::string& token) const {
  if (const auto found = tokens_.find(token); found != tokens_.end()) return found->second;
  std::string value;
  const rocksdb::Status status =
      storage_.db().Get(rocksdb::ReadOptions(), storage_.family(Family::kTokens), token, &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return Unreadable(status.ToString());
  return value;
}

void Commit::WriteToken(const std::string& token, std::string value) {
  batch_.Put(storage_.family(Family::kTokens), token, value).PermitUncheckedError();
  tokens_.insert_or_assign(token, std::move(value));
}

void Commit::Seal() {
  for (const Tally& tally : tallies_) {
    batch_.Put(CountsKey(tally.table->id), EncodeCounts(tally.sequence, tally.keyspaces))
        .PermitUncheckedError();
  }
  if (!edit_) return;
  edit_->AppendTo(batch_);
  NoteReplacedStreams(edit_->next());
}

void Commit::Publish(Catalog& catalog) noexcept {
  for (const Tally& tally : tallies_) {
    tally.table->last_sequence->store(tally.sequence, std::memory_order_release);
    for (size_t i = 0; i < tally.keyspaces.size(); ++i) {
      KeyspaceCounts& counts = i == 0 ? *tally.table->counts : *tally.table->indexes[i - 1].counts;
      counts.items.store(tally.keyspaces[i].items, std::memory_order_relaxed);
      counts.bytes.store(tally.keyspaces[i].bytes, std::memory_order_relaxed);
    }
  }
  if (edit_) catalog.Publish(*std::move(edit_));
}

std::vector<CommittedRecords> Commit::News(const Subscriptions::TableFilter& wanted) const {
  std::vector<CommittedRecords> news;
  for (const NewsItem& item : news_) {
    if (!wanted(item.table)) continue;
    if (item.key.empty()) {
      news.push_back({item.table, {}});
      continue;
    }
    auto record = DecodeStreamRecord(item.key, item.value);
    if (!record) continue;  // it was encoded a moment ago
    if (news.empty() || news.back().table != item.table) news.push_back({item.table, {}});
    news.back().records.push_back(*std::move(record));
  }
  return news;
}

void Commit::NoteReplacedStreams(const CatalogSnapshot& after) {
  const auto stream_of = [](const CatalogSnapshot& catalog, std::string_view name) {
    const auto table = catalog.FindTable(name);
    return table != nullptr ? table->stream : StreamId{0};
  };
  for (const auto& [name, table] : snapshot_->tables) {
    const bool dropped = after.FindTable(name) == nullptr;
    if (dropped || table->stream != stream_of(after, name)) news_.push_back({name, {}, {}});
  }
  for (const auto& [name, table] : after.tables) {
    const bool is_new = snapshot_->FindTable(name) == nullptr;
    if (is_new && table->stream != 0) news_.push_back({name, {}, {}});
  }
}

}  // namespace cruddur::engine
