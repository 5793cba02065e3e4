// Binding actions to the tables that they name, on the caller's thread and again on the
// committer's, where the catalog may have changed meanwhile.
#pragma once

#include "engine/catalog.h"
#include "engine/item_action.h"

namespace cruddur::engine {

// ResourceNotFoundException where there is no such table.
DbResult<std::shared_ptr<const TableState>> TableForWrite(const CatalogSnapshot& catalog,
                                                          std::string_view name);

// Binds to the table of that catalog; nothing to do where the action is bound to it already.
DbStatus BindTo(const CatalogSnapshot& catalog, ItemAction& action);

}  // namespace cruddur::engine
