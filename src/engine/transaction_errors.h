// TransactionCanceledException, as transactional reads and writes answer it.
#pragma once

#include <vector>

#include "model/error_details.h"

namespace cruddur::engine {

// One reason for each action of the request, in its order. The message lists their codes.
// How a transaction tells the error of a table that has no throughput left.
model::CancellationReason ThrottledReason(const model::DbError& error);

model::DbError TransactionCanceled(std::vector<model::CancellationReason> reasons);

}  // namespace cruddur::engine
