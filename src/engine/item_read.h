// Reads single items by their keys, for GetItem, BatchGetItem and TransactGetItems.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/catalog.h"
#include "engine/key_checks.h"
#include "engine/rows.h"
#include "expr/expression.h"
#include "model/operations.h"

namespace cruddur::engine {

// The ProjectionExpression of a get and the placeholders that it uses.
class GetProjection {
 public:
  // What is compiled keeps references into `names`. `legacy`: it stands for AttributesToGet.
  static model::DbResult<GetProjection> Compile(const std::optional<std::string>& expression,
                                                const model::ExpressionNames& names,
                                                bool legacy = false);

  // Against the table.
  model::DbStatus Check(const model::TableDescription& table) const {
    return projection_ ? CheckScalarKeys(*projection_, table) : model::DbStatus();
  }

  model::Item Apply(model::Item item) const {
    return projection_ ? projection_->Apply(item) : std::move(item);
  }

 private:
  std::optional<expr::Projection> projection_;
};

struct FoundItem {
  std::optional<model::Item> item;
  uint64_t size = 0;  // by DynamoDB's arithmetic, before projection; 0: there is none
};

// REQUIRES: CheckKey accepted `key`.
model::DbResult<FoundItem> ReadItem(const Storage& storage, const TableState& table,
                                    const model::Item& key, const GetProjection& projection,
                                    const StorageSnapshot* snapshot = nullptr);

}  // namespace cruddur::engine
