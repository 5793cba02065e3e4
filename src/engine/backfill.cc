#include "engine/backfill.h"

#include <algorithm>

#include "engine/index_entry.h"
#include "engine/rows.h"
#include "engine/table_operation.h"
#include "model/stored_item.h"

namespace cruddur::engine {
namespace {

// A step is short, so that writes wait no longer than for another commit.
constexpr size_t kItemsPerStep = 256;
constexpr size_t kBytesPerStep = 512 * 1024;

constexpr base::Micros kPauseAfterFailure = std::chrono::seconds(1);

struct Place {
  std::shared_ptr<const TableState> table;
  size_t index = 0;
};

std::optional<Place> FindIndexToFill(const CatalogSnapshot& catalog) {
  for (const auto& [name, table] : catalog.tables) {
    for (size_t i = 0; i < table->indexes.size(); ++i) {
      if (table->indexes[i].backfill != nullptr) return Place{table, i};
    }
  }
  return std::nullopt;
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
  const auto place = FindIndexToFill(commit.catalog());
  if (place) FillSome(commit, *place->table, place->index);
}

void Backfill::FillSome(Commit& commit, const TableState& table, size_t index) {
  const IndexState& state = table.indexes[index];
  reached_ = state.backfill->reached;
  if (state.backfill->leftovers) {
    // A start found the index half filled: it begins anew.
    DropKeyspace(commit, state.id);
    commit.AddToCounts(table, index, -state.counts->items.load(), -state.counts->bytes.load());
  }
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
    const IndexEntry entry = MakeIndexEntry(table, index, *item, items.value());
    if (!entry.exists()) continue;
    commit.batch()
        .Put(commit.storage().family(Family::kItems), entry.key, entry.row)
        .PermitUncheckedError();
    commit.AddToCounts(table, index, 1, entry.size());
  }
  if (!items.status()) return;  // nothing is noted: the step is taken again
  progress_ = state.backfill;
  if (!items.Valid()) MakeActive(commit, table, index);
}

void Backfill::MakeActive(Commit& commit, const TableState& table, size_t index) {
  TableState next = table;
  next.description.indexes[index].status = model::TableStatus::kActive;
  next.description.indexes[index].backfilling = false;
  next.indexes[index].backfill = nullptr;
  const bool more =
      std::ranges::any_of(next.description.indexes, &model::IndexDescription::backfilling);
  if (!more) next.description.status = model::TableStatus::kActive;
  CatalogEdit edit = commit.Edit();
  edit.PutTable(std::move(next));
  commit.SetEdit(std::move(edit));
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
