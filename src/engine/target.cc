#include "engine/target.h"

#include <fmt/format.h>

namespace cruddur::engine {

using model::Invalid;
using model::TableStatus;

std::string Target::RowKey(const model::Item& key) const {
  std::string row;
  if (index != nullptr) {
    AppendIndexKey(index_state->id, index->keys, table_keys(), key, row);
  } else {
    AppendItemKey(table->id, table_keys(), key, row);
  }
  return row;
}

model::DbResult<std::shared_ptr<const TableState>> FindTable(const Catalog& catalog,
                                                             std::string_view name) {
  auto table = catalog.Snapshot()->FindTable(name);
  const bool usable = table != nullptr && table->description.status != TableStatus::kCreating &&
                      table->description.status != TableStatus::kDeleting;
  if (!usable) {
    return model::DbFail(model::DbErrorCode::kResourceNotFound, "Requested resource not found");
  }
  return table;
}

model::DbResult<Target> FindTarget(const Catalog& catalog, std::string_view table,
                                   std::string_view index, bool consistent_read) {
  Target target;
  TRY_ASSIGN(target.table, FindTable(catalog, table));
  if (index.empty()) return target;

  target.index = target.description().FindIndex(index);
  if (target.index == nullptr) {
    return Invalid(fmt::format("The table does not have the specified index: {}", index));
  }
  target.index_state = &target.table->indexes[target.index - target.description().indexes.data()];
  if (!target.index->global) return target;
  if (consistent_read) {
    return Invalid("Consistent reads are not supported on global secondary indexes");
  }
  if (target.index->status == TableStatus::kCreating) {
    return Invalid(fmt::format("Cannot read from backfilling global secondary index: {}", index));
  }
  if (target.index->status == TableStatus::kDeleting) {
    return Invalid(fmt::format("The table does not have the specified index: {}", index));
  }
  return target;
}

}  // namespace cruddur::engine
