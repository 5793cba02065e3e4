// Who works on which shard: the item that the workers of one stream share for each shard, as the
// Kinesis Client Library and its DynamoDB Streams adapter keep it (docs/formats.md, "Leases").
// https://docs.aws.amazon.com/streams/latest/dev/kcl-concepts.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/value.h"

namespace cruddur::stream {

// Checkpoints that aren't a sequence number.
inline constexpr std::string_view kTrimHorizon = "TRIM_HORIZON";  // nothing was handled
inline constexpr std::string_view kShardEnd = "SHARD_END";        // everything was

struct Lease {
  std::string key;
  std::string stream_arn, shard_id;  // both empty: of the pass over the table
  std::string parent_shard_id;       // empty: none
  std::string owner;                 // a worker; empty: nobody
  int64_t counter = 0;               // goes up with each change of owner or checkpoint, and renewal
  std::string checkpoint{kTrimHorizon};

  bool finished() const { return checkpoint == kShardEnd; }
  bool of_table() const { return shard_id.empty(); }
  bool operator==(const Lease&) const = default;
};

// The lease of a shard that nobody has worked on.
Lease LeaseOfShard(std::string stream_arn, std::string shard_id, std::string parent_shard_id);
std::string LeaseKeyOfShard(std::string_view stream_arn, std::string_view shard_id);

// The lease of going over the table itself for what its stream doesn't tell. Its checkpoint is the
// key behind which the next page begins, as JSON.
inline constexpr std::string_view kTableLeaseKey = "table";

model::Item ItemOf(const Lease& lease);
// kCorruption for an item that is no lease.
base::Result<Lease> LeaseOf(const model::Item& item);

}  // namespace cruddur::stream
