// What is told of a table's settings while a change of them takes its time: the values that
// UpdateTable answered with (update_table_answer.h). Limits on demand and deletion protection
// change at once.
#pragma once

#include "model/table.h"

namespace cruddur::engine {

// Tells the settings of `shown` in `table`, which is the table as it will be.
void ShowSettings(const model::TableDescription& shown, model::TableDescription& table);

}  // namespace cruddur::engine
