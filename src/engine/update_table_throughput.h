// What UpdateTable does to throughput: the way that a table is paid, provisioned and warm
// throughput of its indexes, and limits.
#pragma once

#include "engine/engine.h"

namespace cruddur::engine {

// Changes `table` as the request says, or leaves it half changed where that is refused.
DbStatus ChangeThroughput(const model::UpdateTableRequest& request, base::Micros now,
                          model::TableDescription& table);

}  // namespace cruddur::engine
