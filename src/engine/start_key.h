// ExclusiveStartKey: where a page of a Query or Scan goes on. Users make them up as well as send
// back what they were given, so everything about one is checked.
#pragma once

#include "engine/key_codec.h"
#include "engine/selection.h"
#include "expr/expression.h"
#include "model/table.h"

namespace cruddur::engine {

// The key has exactly the attributes of the table's key and, on an index, of the index's, with
// their types. `index` is null for the table itself.
model::DbStatus CheckStartKey(ReadKind kind, const model::Item& key,
                              const model::TableDescription& table,
                              const model::IndexDescription* index);

// A Query goes on within its own partition and the bounds of its sort key condition. `keys` is the
// schema that `condition` was compiled for.
model::DbStatus CheckStartKeyMatches(const model::Item& key, const model::KeySchema& keys,
                                     const expr::KeyCondition& condition);

// True if the condition names one item of a table: such a Query has one page and can't go on.
bool NamesOneItem(const expr::KeyCondition& condition, const model::KeySchema& table_keys);

}  // namespace cruddur::engine
