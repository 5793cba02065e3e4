#include "engine/bound_tables.h"

namespace cruddur::engine {

DbResult<std::shared_ptr<const TableState>> TableForWrite(const CatalogSnapshot& catalog,
                                                          std::string_view name) {
  auto table = catalog.FindTable(name);
  const bool usable = table != nullptr &&
                      table->description.status != model::TableStatus::kCreating &&
                      table->description.status != model::TableStatus::kDeleting;
  if (!usable) {
    return model::DbFail(model::DbErrorCode::kResourceNotFound, "Requested resource not found");
  }
  return table;
}

DbStatus BindTo(const CatalogSnapshot& catalog, ItemAction& action) {
  TRY_ASSIGN(auto table, TableForWrite(catalog, action.table_name()));
  if (action.table() == table) return {};
  return action.Bind(std::move(table));
}

}  // namespace cruddur::engine
