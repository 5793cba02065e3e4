#include "engine/index_entry.h"

#include "engine/key_checks.h"
#include "engine/row.h"

namespace cruddur::engine {
namespace {

model::Item Project(const model::Item& item, const model::IndexDescription& index,
                    const model::KeySchema& table_keys) {
  model::Item projected = ExtractKey(item, index.keys, table_keys);
  if (index.projection.type != model::ProjectionType::kInclude) return projected;
  for (const std::string& name : index.projection.non_key_attributes) {
    const model::AttributeValue* value = item.Find(name);
    if (value != nullptr) projected.Set(name, *value);
  }
  return projected;
}

}  // namespace

size_t IndexEntry::size() const {
  const auto parsed = ParseRow(row);
  return parsed ? parsed->size : 0;
}

IndexEntry MakeIndexEntry(const TableState& table, size_t index, const model::Item& item,
                          std::string_view row) {
  const model::IndexDescription& description = table.description.indexes[index];
  IndexEntry entry;
  if (!FitsIndex(item, description.keys)) return entry;
  if (!AppendIndexKey(table.indexes[index].id, description.keys, table.description.keys, item,
                      entry.key)) {
    return entry;
  }
  if (description.projection.type == model::ProjectionType::kAll) {
    entry.row = row;
  } else {
    const model::Item projected = Project(item, description, table.description.keys);
    AppendRow(projected, model::SizeInBytes(projected), entry.row);
  }
  return entry;
}

bool IsCovered(const BackfillProgress* backfill, std::string_view item_key) {
  return backfill == nullptr || item_key >= backfill->reached;
}

}  // namespace cruddur::engine
