#include "engine/transaction_errors.h"

#include "model/error.h"

namespace cruddur::engine {

model::CancellationReason ThrottledReason(const model::DbError& error) {
  const bool provisioned = error.code == model::DbErrorCode::kProvisionedThroughputExceeded;
  return {provisioned ? "ProvisionedThroughputExceeded" : "ThrottlingError", error.message,
          std::nullopt};
}

model::DbStatus CheckNotHeld(const Commit& commit, std::string_view key) {
  if (!commit.IsHeld(key)) return {};
  return model::DbFail(model::DbErrorCode::kTransactionConflict,
                       "Transaction is ongoing for the item");
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
