// What AWS Lambda hands to a function for a DynamoDB stream, and what the function answers.
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html, services-ddb-batchfailurereporting
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/table_operations.h"

namespace cruddur::stream {

// The payload of an invocation, both ways: 6 MB.
inline constexpr size_t kMaxPayloadBytes = 6 * 1024 * 1024;

// A stream record on its way to a function.
struct StreamEvent {
  std::string sequence_number;
  base::Micros created_at{0};
  uint64_t item = 0;   // a hash of the keys: what is of one item stays in order
  std::string json;    // the member of "Records"
  uint64_t order = 0;  // a ShardMapping's own
};

StreamEvent EventOf(const model::StreamRecord& record, std::string_view region,
                    std::string_view stream_arn);

// {"Records":[…]}, and its size.
std::string PayloadOf(std::span<const StreamEvent> events);
inline constexpr size_t kPayloadFrameBytes = 14;  // and a comma between each two events

// The records of such an event. kInvalidArgument, in one line, for anything else.
base::Result<std::vector<model::StreamRecord>> ReadPayload(std::string_view payload);

// {"batchItemFailures":[{"itemIdentifier":"…"}]}
std::string FailuresOf(std::span<const std::string> sequence_numbers);

// How many events from the front a function has handled that answered `response` to a batch: up to
// the lowest number that it reports, which is the checkpoint. All for no report, null, or an empty
// list. None for a number that is empty, null, not of this batch or under another name, and for
// what isn't JSON.
size_t HandledOf(std::string_view response, std::span<const StreamEvent> batch);

}  // namespace cruddur::stream
