// What CreateTable and UpdateTable refuse before they look at the catalog, and rules for indexes
// that both have. Errors are ValidationExceptions with AWS's texts.
#pragma once

#include <span>

#include "model/error.h"
#include "model/table_operations.h"

namespace cruddur::engine {

inline constexpr size_t kMaxGlobalIndexes = 20;
inline constexpr size_t kMaxLocalIndexes = 5;

model::DbStatus CheckCreateTable(const model::CreateTableRequest& request);

// An index that joins `others` on a table with these keys.
model::DbStatus CheckIndex(const model::IndexDefinition& index, const model::KeySchema& table_keys,
                           std::span<const model::IndexDefinition> others,
                           model::BillingMode billing);

// Billing mode and throughput of a table, which must be both given or neither.
model::DbStatus CheckThroughput(model::BillingMode billing,
                                const std::optional<model::Throughput>& throughput);

// The range of what is given.
model::DbStatus CheckUnits(const model::Throughput& throughput, std::string_view at);

}  // namespace cruddur::engine
