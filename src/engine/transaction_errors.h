// TransactionCanceledException, as transactional reads and writes answer it.
#pragma once

#include <string_view>
#include <vector>

#include "engine/commit.h"
#include "model/error_details.h"

namespace cruddur::engine {

// How a transaction tells the error of a table that has no throughput left.
model::CancellationReason ThrottledReason(const model::DbError& error);

// kTransactionConflict where a transaction of this commit holds the item.
model::DbStatus CheckNotHeld(const Commit& commit, std::string_view key);

// One reason for each action of the request, in its order. The message lists their codes.
model::DbError TransactionCanceled(std::vector<model::CancellationReason> reasons);

}  // namespace cruddur::engine
