#include "stream/mapping_options.h"

#include <fmt/format.h>

namespace cruddur::stream {
namespace {

base::Status InRange(std::string_view name, int64_t value, int64_t least, int64_t most,
                     bool unlimited = false) {
  if ((unlimited && value == -1) || (value >= least && value <= most)) return {};
  return base::Fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("{} is a whole number from {} to {}{}, not {}", name, least, most,
                                unlimited ? ", or -1 for no limit" : "", value));
}

}  // namespace

base::Status Check(const MappingOptions& o) {
  TRY(InRange("batch-size", o.batch_size, 1, 10'000));
  TRY(InRange("batching-window", o.batching_window.count(), 0, 300));
  TRY(InRange("parallelization-factor", o.parallelization_factor, 1, 10));
  TRY(InRange("maximum-retry-attempts", o.maximum_retry_attempts, 0, 10'000, true));
  TRY(InRange("maximum-record-age", o.maximum_record_age.count(), 60, 604'800, true));
  const bool at_timestamp = o.starting_position == StartingPosition::kAtTimestamp;
  if (at_timestamp != (o.starting_position_timestamp.count() > 0)) {
    return base::Fail(base::ErrorCode::kInvalidArgument,
                      "starting-position-timestamp goes with starting-position AT_TIMESTAMP");
  }
  return {};
}

}  // namespace cruddur::stream
