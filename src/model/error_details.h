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

// Which throughput was exceeded, and of what: "TableReadProvisionedThroughputExceeded" and an ARN.
struct ThrottlingReason {
  std::string reason, resource;
};

struct DbErrorDetails {
  std::optional<Item> item;                  // kConditionalCheckFailed with ALL_OLD
  std::vector<CancellationReason> reasons;   // kTransactionCanceled, in input order
  std::vector<ThrottlingReason> throttling;  // kProvisionedThroughputExceeded, kThrottling
};

}  // namespace cruddur::model
