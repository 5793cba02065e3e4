// The beginning and end of a table's streams and of their shards.
#pragma once

#include "engine/catalog.h"

namespace cruddur::engine {

// Gives the table a new stream: a label and an ARN that it never had, one open shard.
void StartStream(CatalogEdit& edit, TableState& table, model::StreamViewType view,
                 base::Micros now);

// Closes the open shard, whose records can be read for another 24 hours, and opens its child.
// REQUIRES: the table has an enabled stream, and its open shard has had a record.
void SplitShard(CatalogEdit& edit, TableState table, base::Micros now);

// Closes the table's stream, whose records can be read for another 24 hours.
void EndStream(CatalogEdit& edit, TableState& table, base::Micros now);

}  // namespace cruddur::engine
