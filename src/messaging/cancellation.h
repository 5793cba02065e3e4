// Why the store cancelled a transaction.
#pragma once

#include <algorithm>

#include "model/error.h"
#include "model/error_details.h"

namespace cruddur::messaging {

// True where the table had no throughput left, or the store too much to do: then nobody else has
// written instead.
inline bool IsThrottledTransaction(const model::DbError& error) {
  if (error.code != model::DbErrorCode::kTransactionCanceled || !error.details) return false;
  return std::ranges::any_of(error.details->reasons, [](const model::CancellationReason& reason) {
    return reason.code == "ProvisionedThroughputExceeded" || reason.code == "ThrottlingError";
  });
}

}  // namespace cruddur::messaging
