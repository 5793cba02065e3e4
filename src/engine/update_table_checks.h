// What one UpdateTable may ask for at once: looked at before the table is.
#pragma once

#include "engine/engine.h"

namespace cruddur::engine {

DbStatus CheckUpdateTable(const model::UpdateTableRequest& request);

}  // namespace cruddur::engine
