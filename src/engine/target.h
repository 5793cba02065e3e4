// The table or index that a request names, as the catalog has it at that moment.
#pragma once

#include <memory>
#include <string_view>

#include "engine/catalog.h"
#include "model/error.h"

namespace cruddur::engine {

struct Target {
  std::shared_ptr<const TableState> table;
  // Null for the table itself.
  const model::IndexDescription* index = nullptr;
  const IndexState* index_state = nullptr;

  const model::TableDescription& description() const { return table->description; }
  const model::KeySchema& keys() const { return index != nullptr ? index->keys : table_keys(); }
  const model::KeySchema& table_keys() const { return table->description.keys; }
  KeyspaceId keyspace() const { return index != nullptr ? index_state->id : table->id; }
  // The key of the row, of table or index, that `key` names. REQUIRES: it has all key attributes.
  std::string RowKey(const model::Item& key) const;
};

// ResourceNotFoundException where there is no table that can be used.
model::DbResult<std::shared_ptr<const TableState>> FindTable(const Catalog& catalog,
                                                             std::string_view name);

// `index` is empty for the table itself. Refuses consistent reads of global indexes and any read of
// one that is still being filled.
model::DbResult<Target> FindTarget(const Catalog& catalog, std::string_view table,
                                   std::string_view index, bool consistent_read);

}  // namespace cruddur::engine
