// Rows of the items column family: the item's size by DynamoDB's arithmetic, then the item. An
// index entry is such a row too, of the projected attributes. Kept apart so that capacity and page
// limits don't need the item read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/value.h"

namespace cruddur::engine {

struct Row {
  size_t size = 0;              // DynamoDB's size of the item
  std::string_view item_bytes;  // model::EncodeItem's
};

// Appends; `size` is model::SizeInBytes(item).
void AppendRow(const model::Item& item, size_t size, std::string& out);

// kCorruption for a value too short to be a row.
base::Result<Row> ParseRow(std::string_view value);

}  // namespace cruddur::engine
