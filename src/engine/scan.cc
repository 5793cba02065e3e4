#include <fmt/format.h>

#include <algorithm>

#include "engine/expression_checks.h"
#include "engine/field_checks.h"
#include "engine/page.h"
#include "engine/reader.h"
#include "engine/start_key.h"

namespace cruddur::engine {
namespace {

using model::DbStatus;
using model::Invalid;
using model::ScanRequest;

constexpr int64_t kMaxSegments = 1'000'000;

// AWS keeps a table of any size in several partitions, four when it is new. A Scan pays for each
// one that it looks into, be there anything to read or not.
constexpr uint64_t kPartitions = 4;

DbStatus CheckFields(const ScanRequest& request) {
  FieldChecks fields;
  fields.IndexName(request.index);
  fields.TableName(request.table);
  fields.AtLeast("limit", request.limit, 1);
  fields.Between("segment", request.segment, 0, kMaxSegments - 1);
  fields.Between("totalSegments", request.total_segments, 1, kMaxSegments);
  TRY(fields.Result());

  if (request.segment && !request.total_segments) {
    return Invalid(
        "The TotalSegments parameter is required but was not present in the request when Segment "
        "parameter is present");
  }
  if (request.total_segments && !request.segment) {
    return Invalid(
        "The Segment parameter is required but was not present in the request when parameter "
        "TotalSegments is present");
  }
  if (request.segment && *request.segment >= *request.total_segments) {
    return Invalid(fmt::format(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
        "Segment: {} is not less than TotalSegments: {}",
        *request.segment, *request.total_segments));
  }
  return {};
}

// A projection uses names only.
DbStatus CheckPlaceholdersOf(const ScanRequest& request) {
  if (request.placeholders.legacy.others) return {};  // made with the expressions
  TRY(CheckNames(request.placeholders.names,
                 request.filter_expression || request.projection_expression));
  return CheckPlaceholders({.names = {}, .values = request.placeholders.values},
                           {{"FilterExpression", request.filter_expression}});
}

model::DbResult<KeyRange> RangeOf(const ScanRequest& request, const Target& target) {
  const int64_t segment = request.segment.value_or(0);
  const int64_t total = request.total_segments.value_or(1);
  KeyRange range = RangeOfSegment(target.keyspace(), segment, total);
  const model::Item& start = request.exclusive_start_key;
  if (start.empty()) return range;

  TRY(CheckStartKey(ReadKind::kScan, start, target.description(), target.index));
  std::string row = target.RowKey(start);
  if (row <= range.low || row >= range.high) {
    return Invalid(
        fmt::format("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
                    "ExclusiveStartKey with correct Segment. TotalSegments: {} Segment: {}",
                    total, segment));
  }
  range.low = JustAbove(std::move(row));
  return range;
}

uint64_t PartitionOf(std::string_view key) {
  const uint64_t hash = ReadUint32(key.substr(sizeof(KeyspaceId)));
  return hash * kPartitions >> 32;
}

// How many of AWS's partitions a page looked into: from the start of its range to where it stopped.
uint64_t PartitionsRead(const KeyRange& range, const std::string& last_row) {
  const uint64_t first = range.low.size() < kPrefixBytes ? 0 : PartitionOf(range.low);
  uint64_t last = kPartitions - 1;
  if (!last_row.empty()) {
    last = PartitionOf(last_row);
  } else if (range.high.size() >= kPrefixBytes) {
    // The range ends before this hash, which may be the first one of a partition.
    const uint64_t hash = ReadUint32(std::string_view(range.high).substr(sizeof(KeyspaceId)));
    last = hash == 0 ? 0 : (hash - 1) * kPartitions >> 32;
  }
  return last - first + 1;
}

}  // namespace

uint64_t ScanBlocks(const KeyRange& range, const Page& page) {
  return std::max(ReadBlocks(page.bytes), PartitionsRead(range, page.last_row));
}

model::DbResult<model::PageResponse> Reader::Scan(const ScanRequest& request) const {
  TRY(CheckFields(request));
  TRY(CheckPlaceholdersOf(request));
  expr::Bindings bindings(request.placeholders);
  TRY_ASSIGN(Selection selection,
             Selection::Compile({.kind = ReadKind::kScan,
                                 .select = request.select,
                                 .filter_expression = request.filter_expression,
                                 .projection_expression = request.projection_expression,
                                 .on_index = !request.index.empty()},
                                bindings));
  TRY(bindings.CheckAllUsed());
  TRY_ASSIGN(const Target target,
             FindTarget(catalog_, request.table, request.index, request.consistent_read));
  TRY(selection.Bind(target.description(), target.index));
  TRY_ASSIGN(const KeyRange range, RangeOf(request, target));

  TRY_ASSIGN(
      Page page,
      ReadPage(storage_,
               {.target = target, .selection = selection, .range = range, .limit = request.limit}));
  CapacityMeter meter(request.return_consumed_capacity);
  if (meter.wanted() || target.table->throttle != nullptr) {
    AddPageUnits(page, target, ScanBlocks(range, page), ReadModeOf(request.consistent_read), meter);
    page.response.consumed_capacity = meter.TakeOne();
  }
  return std::move(page.response);
}

}  // namespace cruddur::engine
