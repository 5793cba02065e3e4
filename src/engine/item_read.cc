#include "engine/item_read.h"

#include "engine/expression_checks.h"
#include "engine/row.h"
#include "model/stored_item.h"

namespace cruddur::engine {

model::DbResult<GetProjection> GetProjection::Compile(const std::optional<std::string>& expression,
                                                      const model::ExpressionNames& names,
                                                      bool legacy) {
  GetProjection result;
  if (!legacy) TRY(CheckNames(names, expression.has_value()));
  if (!expression) return result;
  static const model::Item kNoValues;
  expr::Bindings bindings(names, kNoValues, {.others = legacy});
  TRY_ASSIGN(result.projection_, expr::Projection::Compile(*expression, bindings));
  TRY(bindings.CheckAllUsed());
  return result;
}

model::DbResult<FoundItem> ReadItem(const Storage& storage, const TableState& table,
                                    const model::Item& key, const GetProjection& projection,
                                    const StorageSnapshot* snapshot) {
  std::string row_key;
  AppendItemKey(table.id, table.description.keys, key, row_key);
  rocksdb::PinnableSlice value;
  TRY_ASSIGN(const bool found, GetRow(storage, row_key, value, snapshot));
  if (!found) return FoundItem{};

  const auto row = ParseRow({value.data(), value.size()});
  if (!row) return std::unexpected(InternalError("reading a row", row.error().message));
  auto item = model::DecodeItem(row->item_bytes);
  if (!item) return std::unexpected(InternalError("decoding an item", item.error().message));
  return FoundItem{projection.Apply(*std::move(item)), row->size};
}

}  // namespace cruddur::engine
