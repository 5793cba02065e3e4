// What an error carries beyond its text.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/value.h"

namespace cruddur::model {

struct CancellationReason {
  std::string code = "None";
  std::string message;       // empty for None
  std::optional<Item> item;  // the old item, where ReturnValuesOnConditionCheckFailure asked for it
};

struct DbErrorDetails {
  std::optional<Item> item;                 // kConditionalCheckFailed with ALL_OLD
  std::vector<CancellationReason> reasons;  // kTransactionCanceled, in input order
};

}  // namespace cruddur::model
