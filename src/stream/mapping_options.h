// What an event source mapping is told: Lambda's parameters for DynamoDB streams, with its bounds
// and defaults. https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace cruddur::stream {

enum class StartingPosition { kTrimHorizon, kLatest, kAtTimestamp };

struct MappingOptions {
  int64_t batch_size = 100;                     // 1 to 10,000
  std::chrono::seconds batching_window{0};      // up to 300
  int64_t parallelization_factor = 1;           // 1 to 10
  int64_t maximum_retry_attempts = -1;          // up to 10,000; -1: until the record is too old
  std::chrono::seconds maximum_record_age{-1};  // 60 to 604,800; -1: none is too old
  bool bisect_batch_on_function_error = false;
  bool report_batch_item_failures = false;  // ReportBatchItemFailures
  StartingPosition starting_position = StartingPosition::kTrimHorizon;
  base::Micros starting_position_timestamp{0};  // with kAtTimestamp, else 0

  // Pauses after a failure, doubled each time. Lambda doesn't say what its own are.
  std::chrono::milliseconds first_retry{200}, last_retry{60'000};
};

// kInvalidArgument for what Lambda refuses, with the parameter's name.
base::Status Check(const MappingOptions& options);

}  // namespace cruddur::stream
