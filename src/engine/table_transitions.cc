#include "engine/table_transitions.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/table_operation.h"

namespace cruddur::engine {
namespace {

using model::TableStatus;

constexpr base::Micros kPauseAfterFailure = std::chrono::seconds(1);

bool IsPassing(const TableState& table) { return table.settles_at.count() != 0; }

// Drops the indexes that were to go, and has the others be what they were to become. One that was
// allocated is backfilling for as long again.
void Settle(Commit& commit, base::Micros delay, TableState& table) {
  table.settles_at = base::Micros(0);
  table.shown = nullptr;
  table.changing = TableChange::kNone;
  table.description.status = TableStatus::kActive;
  auto& descriptions = table.description.indexes;
  for (size_t i = descriptions.size(); i-- > 0;) {
    const auto place = static_cast<std::ptrdiff_t>(i);
    if (descriptions[i].status == TableStatus::kDeleting) {
      DropKeyspace(commit, table.indexes[i].id);
      descriptions.erase(descriptions.begin() + place);
      table.indexes.erase(table.indexes.begin() + place);
    } else if (table.indexes[i].allocating) {
      table.indexes[i].allocating = false;
      table.settles_at = commit.now() + delay / 2;
    } else if (table.indexes[i].backfill == nullptr) {
      descriptions[i].status = TableStatus::kActive;
    }
  }
}

}  // namespace

std::unexpected<model::DbError> TableIsBusy(const model::TableDescription& table) {
  const std::string_view what = table.status == TableStatus::kCreating   ? "created"
                                : table.status == TableStatus::kDeleting ? "deleted"
                                                                         : "updated";
  return TableInUse(
      fmt::format("Attempt to change a resource which is still in use: Table is being {}: {}", what,
                  table.name));
}

void DropTable(Commit& commit, CatalogEdit& edit, const TableState& table) {
  edit.DropTable(table.description.name);
  DropKeyspace(commit, table.id);
  for (const IndexState& index : table.indexes) DropKeyspace(commit, index.id);
  if (table.ttl.on()) DropKeyspace(commit, table.ttl.index);
}

std::optional<base::Micros> TableTransitions::Due(
    const std::shared_ptr<const CatalogSnapshot>& catalog, base::Micros now) {
  now_ = now;
  if (seen_ != catalog) {
    seen_ = catalog;
    next_.reset();
    for (const auto& [name, table] : catalog->tables) {
      if (IsPassing(*table)) next_ = std::min(next_.value_or(table->settles_at), table->settles_at);
    }
  }
  if (!next_) return std::nullopt;
  return std::max(*next_, pause_until_);
}

void TableTransitions::Evaluate(Commit& commit) {
  CatalogEdit edit = commit.Edit();
  bool any = false;
  for (const auto& [name, table] : commit.catalog().tables) {
    if (!IsPassing(*table) || table->settles_at > commit.now()) continue;
    any = true;
    if (table->description.status == TableStatus::kDeleting) {
      DropTable(commit, edit, *table);
    } else {
      TableState next = *table;
      Settle(commit, delay_, next);
      edit.PutTable(std::move(next));
    }
  }
  if (any) commit.SetEdit(std::move(edit));
}

void TableTransitions::Finish(const DbStatus& outcome) {
  if (!outcome) pause_until_ = now_ + kPauseAfterFailure;
}

}  // namespace cruddur::engine
