// TransactionCanceledException, as transactional reads and writes answer it.
#pragma once

#include <vector>

#include "model/error_details.h"

namespace cruddur::engine {

// One reason for each action of the request, in its order. The message lists their codes.
model::DbError TransactionCanceled(std::vector<model::CancellationReason> reasons);

}  // namespace cruddur::engine
