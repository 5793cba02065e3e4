#include "engine/backfill.h"

#include <algorithm>

#include "engine/index_entry.h"
#include "engine/rows.h"
#include "engine/table_operation.h"
#include "engine/ttl_index.h"
#include "model/stored_item.h"

namespace cruddur::engine {
namespace {

// A step is short, so that writes wait no longer than for another commit.
constexpr size_t kItemsPerStep = 256;
constexpr size_t kBytesPerStep = 512 * 1024;

constexpr base::Micros kPauseAfterFailure = std::chrono::seconds(1);

// An index, or, without a place, the expiry index.
struct IndexToFill {
  std::shared_ptr<const TableState> table;
  std::optional<size_t> index;

  const std::shared_ptr<BackfillProgress>& progress() const {
    return index ? table->indexes[*index].backfill : table->ttl.backfill;
  }
  KeyspaceId id() const { return index ? table->indexes[*index].id : table->ttl.index; }
};

std::optional<IndexToFill> FindIndexToFill(const CatalogSnapshot& catalog) {
  for (const auto& [name, table] : catalog.tables) {
    for (size_t i = 0; i < table->indexes.size(); ++i) {
      if (table->indexes[i].backfill != nullptr) return IndexToFill{table, i};
    }
    if (table->ttl.backfill != nullptr) return IndexToFill{table, std::nullopt};
  }
  return std::nullopt;
}

// A start found the index half filled: it begins anew.
void Empty(Commit& commit, const IndexToFill& target) {
  DropKeyspace(commit, target.id());
  if (!target.index) return;
  const KeyspaceCounts& counts = *target.table->indexes[*target.index].counts;
  commit.AddToCounts(*target.table, *target.index, -counts.items.load(), -counts.bytes.load());
}

void Enter(Commit& commit, const IndexToFill& target, std::string_view key, std::string_view value,
           const model::Item& item) {
  const TableState& table = *target.table;
  rocksdb::ColumnFamilyHandle* const items = commit.storage().family(Family::kItems);
  if (target.index) {
    const IndexEntry entry = MakeIndexEntry(table, *target.index, item, value);
    if (!entry.exists()) return;
    commit.batch().Put(items, entry.key, entry.row).PermitUncheckedError();
    commit.AddToCounts(table, *target.index, 1, entry.size());
  } else if (const auto expiry = ExpiryOf(item, table.ttl.attribute)) {
    const std::string added = ExpiryKey(target.id(), *expiry, key);
    commit.batch().Put(items, added, "").PermitUncheckedError();
    table.ttl.progress->NoteAdded(added);
  }
}

void Complete(Commit& commit, const IndexToFill& target) {
  TableState next = *target.table;
  if (target.index) {
    next.indexes[*target.index].backfill = nullptr;
    // Where the control plane takes its time, TableTransitions tells when it is over.
    if (next.settles_at.count() == 0) {
      next.description.indexes[*target.index].status = model::TableStatus::kActive;
    }
  } else {
    next.ttl.backfill = nullptr;
  }
  CatalogEdit edit = commit.Edit();
  edit.PutTable(std::move(next));
  commit.SetEdit(std::move(edit));
}

}  // namespace

std::optional<base::Micros> Backfill::Due(const std::shared_ptr<const CatalogSnapshot>& catalog,
                                          base::Micros now) {
  if (seen_ != catalog) {
    seen_ = catalog;
    wanted_ = FindIndexToFill(*catalog).has_value();
  }
  now_ = now;
  if (!wanted_) return std::nullopt;
  return std::max(now, pause_until_);
}

void Backfill::Evaluate(Commit& commit) {
  progress_ = nullptr;
  const auto target = FindIndexToFill(commit.catalog());
  if (!target) return;
  const TableState& table = *target->table;
  reached_ = target->progress()->reached;
  if (target->progress()->leftovers) Empty(commit, *target);
  KeyRange range = RangeOfKeyspace(table.id);
  range.high = std::min(range.high, reached_);
  RowCursor items(commit.storage(), range, Direction::kDescending, /*one_partition=*/false);
  size_t count = 0, bytes = 0;
  for (; items.Valid() && count < kItemsPerStep && bytes < kBytesPerStep; items.Next(), ++count) {
    bytes += items.value().size();
    reached_ = JustBelow(std::string(items.key()));
    const auto row = ParseRow(items.value());
    const auto item = row ? model::DecodeItem(row->item_bytes)
                          : base::Result<model::Item>(std::unexpected(row.error()));
    if (!item) continue;  // reads of the item tell that it is broken
    Enter(commit, *target, items.key(), items.value(), *item);
  }
  if (!items.status()) return;  // nothing is noted: the step is taken again
  progress_ = target->progress();
  if (!items.Valid()) Complete(commit, *target);
}

void Backfill::Finish(const DbStatus& outcome) {
  if (!outcome || progress_ == nullptr) {
    pause_until_ = now_ + kPauseAfterFailure;
    return;
  }
  progress_->reached = std::move(reached_);
  progress_->leftovers = false;
}

}  // namespace cruddur::engine
