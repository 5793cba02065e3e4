// What UpdateTable answers at once, while AWS still makes the change.
#pragma once

#include "engine/engine.h"

namespace cruddur::engine {

// True for a change during which the table is UPDATING; it stays ACTIVE while others are made.
bool TakesTheTable(const model::UpdateTableRequest& request);
// True for a change that isn't made at once.
bool TakesTime(const model::UpdateTableRequest& request);

// `after` is the table as the change has made it. What changes is still told as it was, but for the
// way that the table is paid and what changes with it.
model::TableDescription AnswerTo(const model::UpdateTableRequest& request,
                                 const model::TableDescription& before,
                                 model::TableDescription after);

}  // namespace cruddur::engine
