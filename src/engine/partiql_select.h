// SELECT: the ranges of keys that a statement reads, and the pages that it is answered in.
#pragma once

#include "engine/partiql_statement.h"
#include "engine/storage.h"

namespace cruddur::engine {

class Catalog;

struct SelectOptions {
  std::optional<int64_t> limit;  // of items read, before the WHERE clause
  std::string next_token;
  bool consistent_read = false;
  model::ReturnConsumedCapacity return_consumed_capacity = model::ReturnConsumedCapacity::kNone;
};

model::DbResult<model::ExecuteStatementResponse> RunSelect(const Storage& storage,
                                                           const Catalog& catalog,
                                                           PreparedStatement statement,
                                                           const SelectOptions& options);

}  // namespace cruddur::engine
