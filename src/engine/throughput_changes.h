// When the provisioned throughput of a table or global index was raised and lowered, and how often
// it may be lowered: four times in a day of UTC's, and then once an hour ("Service, account, and
// table quotas" in the developer guide). Tables and indexes have budgets of their own.
#pragma once

#include "engine/engine.h"

namespace cruddur::engine {

// Notes a change. kLimitExceeded, and nothing is noted, where it lowers something too early.
DbStatus NoteThroughputChange(const model::Throughput& before, const model::Throughput& after,
                              base::Micros now, model::ThroughputChanges& changes);

// The changes as they are told at that moment: the count of decreases is of that day alone.
model::ThroughputChanges ThroughputChangesOn(base::Micros now, model::ThroughputChanges changes);

}  // namespace cruddur::engine
