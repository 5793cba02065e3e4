// What one UpdateTable may ask for at once: looked at before the table is.
#pragma once

#include "engine/engine.h"

namespace cruddur::engine {

DbStatus CheckUpdateTable(const model::UpdateTableRequest& request);

// The error where an index comes or goes while another one does.
std::unexpected<model::DbError> SecondOnlineIndex();

}  // namespace cruddur::engine
