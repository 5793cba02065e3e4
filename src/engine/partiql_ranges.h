// Which ranges of keys a SELECT reads, and in what order.
#pragma once

#include <vector>

#include "engine/key_codec.h"
#include "engine/partiql_statement.h"
#include "engine/rows.h"
#include "engine/target.h"

namespace cruddur::engine {

struct StatementRanges {
  std::vector<KeyRange> ranges;  // disjoint; in reading order
  Direction direction = Direction::kAscending;
  bool keyed = false;         // each within one partition; otherwise the whole keyspace
  bool single_items = false;  // each is one item of a table
};

// Checks ORDER BY, and on an index that the conditions beside its keys are on what it projects.
model::DbResult<StatementRanges> FindRanges(const PreparedStatement& statement,
                                            const Target& target);

}  // namespace cruddur::engine
