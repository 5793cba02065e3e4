#include "engine/transaction_errors.h"

#include "model/error.h"

namespace cruddur::engine {

model::CancellationReason ThrottledReason(const model::DbError& error) {
  return {"ProvisionedThroughputExceeded", error.message, std::nullopt};
}

model::DbError TransactionCanceled(std::vector<model::CancellationReason> reasons) {
  std::string message =
      "Transaction cancelled, please refer cancellation reasons for specific reasons [";
  for (size_t i = 0; i < reasons.size(); ++i) {
    if (i > 0) message += ", ";
    message += reasons[i].code;
  }
  message += ']';
  auto details = std::make_shared<model::DbErrorDetails>();
  details->reasons = std::move(reasons);
  return {model::DbErrorCode::kTransactionCanceled, std::move(message), std::move(details)};
}

}  // namespace cruddur::engine
