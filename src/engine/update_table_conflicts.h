// Which changes of a table wait for another one that is under way (--control-plane-delay, and the
// backfill of an index), and how AWS says so.
#pragma once

#include "engine/catalog.h"
#include "engine/engine.h"

namespace cruddur::engine {

// Errors: kResourceInUse, kLimitExceeded.
DbStatus CheckNothingIsInTheWay(const model::UpdateTableRequest& request, const TableState& table,
                                base::Micros now);
DbStatus CheckNothingIsInTheWayOfDeletion(const TableState& table, base::Micros now);

// The error where an index comes or goes while another one does.
std::unexpected<model::DbError> SecondOnlineIndex();

}  // namespace cruddur::engine
