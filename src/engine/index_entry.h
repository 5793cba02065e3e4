// Index entries: which items have one, and what it holds.
#pragma once

#include <string>
#include <string_view>

#include "engine/catalog.h"
#include "model/value.h"

namespace cruddur::engine {

// The entry of an item in one index of its table. An item without one has an empty key: indexes are
// sparse, and a backfilled one leaves out items that don't fit.
struct IndexEntry {
  std::string key;
  std::string row;  // of the projected attributes: see row.h
  bool exists() const { return !key.empty(); }
  size_t size() const;  // DynamoDB's size of the entry; 0 if there is none
};

// `row` is the item's own, which an index that projects everything takes as it is.
IndexEntry MakeIndexEntry(const TableState& table, size_t index, const model::Item& item,
                          std::string_view row);

// Whether the entries of the item under `item_key` are kept up by its writes: not yet, while the
// backfill of the index (null: there is none) is still to come to it.
bool IsCovered(const BackfillProgress* backfill, std::string_view item_key);

}  // namespace cruddur::engine
