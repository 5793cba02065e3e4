// Checks of keys and of items' key attributes against table and index schemas, for reads and writes
// alike. Errors are ValidationExceptions with AWS's texts.
#pragma once

#include <span>
#include <string_view>

#include "expr/expression.h"
#include "model/table.h"
#include "model/value.h"

namespace cruddur::engine {

inline constexpr size_t kMaxPartitionKeyBytes = 2048;
inline constexpr size_t kMaxSortKeyBytes = 1024;

// A request's Key: exactly the attributes of the schema, of its types, neither empty nor too long.
model::DbStatus CheckKey(const model::Item& key, const model::KeySchema& keys);

// Where an item that is about to be stored comes from: the texts differ.
enum class ItemSource { kPut, kBatchPut, kUpdate, kTransactUpdate };

// An item about to be stored: has the table's key attributes, and any attribute that an index uses
// as a key has that key's type and size. Indexes are sparse: a missing attribute is fine.
model::DbStatus CheckItemKeys(const model::Item& item, const model::TableDescription& table,
                              ItemSource source);

// No path goes into a key attribute, of the table or of an index.
model::DbStatus CheckScalarKeys(const expr::Projection& expression,
                                const model::TableDescription& table);
model::DbStatus CheckScalarKeys(const expr::Condition& expression,
                                const model::TableDescription& table);
model::DbStatus CheckScalarKeys(const expr::Update& expression,
                                const model::TableDescription& table);

// The types that an update gives to key attributes of indexes, as far as it says them by itself.
model::DbStatus CheckUpdateOfIndexKeys(const expr::Update& update,
                                       const model::TableDescription& table);

// `bytes` is model::SizeInBytes of the item.
model::DbStatus CheckItemSize(size_t bytes, ItemSource source);

// True where the backfill of an index takes the item in: all its key attributes are there and fit.
bool FitsIndex(const model::Item& item, const model::KeySchema& index_keys);

// The attributes of `item` that `keys` names. Those that the item hasn't are left out.
model::Item ExtractKey(const model::Item& item, const model::KeySchema& keys);
// Of an index entry: the index key and the base key.
model::Item ExtractKey(const model::Item& item, const model::KeySchema& index_keys,
                       const model::KeySchema& table_keys);

// True if two of the keys are the same (numbers by value). Needs no schema: batches are checked
// before their tables are looked up.
bool HaveDuplicates(std::span<const model::Item* const> keys);

}  // namespace cruddur::engine
