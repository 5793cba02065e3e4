// One page of a Query or Scan: reads a range until it ends, the limit is met or a megabyte is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/capacity.h"
#include "engine/rows.h"
#include "engine/selection.h"
#include "engine/target.h"

namespace cruddur::engine {

inline constexpr uint64_t kMaxPageBytes = 1024 * 1024;

struct PageRequest {
  const Target& target;
  const Selection& selection;
  KeyRange range;
  Direction direction = Direction::kAscending;
  bool one_partition = false;
  std::optional<int64_t> limit;  // of items read, before the filter
};

struct Page {
  model::PageResponse response;  // but for consumed_capacity
  uint64_t bytes = 0;            // of the rows read, by DynamoDB's arithmetic
  uint64_t fetched_blocks = 0;   // of the items that a local index led to
  std::string last_row;          // the key of the row that LastEvaluatedKey names
};

// kProvisionedThroughputExceeded where no throughput is left to read with.
model::DbResult<Page> ReadPage(const Storage& storage, PageRequest request);

// Adds what the page cost, and takes it off the throughput: `row_blocks` on the table or index that
// was read, fetches on the table. For when either is wanted.
void AddPageUnits(const Page& page, const Target& target, uint64_t row_blocks, ReadMode mode,
                  CapacityMeter& meter);

// The blocks that a scan of this range pays for.
uint64_t ScanBlocks(const KeyRange& range, const Page& page);

}  // namespace cruddur::engine
