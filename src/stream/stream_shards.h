// Which shards the streams of a table have, as the endpoint tells, and which leases are missing for
// them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dynamo/client.h"
#include "stream/lease.h"

namespace cruddur::stream {

struct StreamShards {
  std::string arn;
  std::vector<model::Shard> shards;
};

// All streams that the endpoint still has of the table: also those that were switched off.
base::Task<model::DbResult<std::vector<StreamShards>>> DescribeStreams(dynamo::Client& client,
                                                                       std::string table);

// For shards without one, parents before their children: whoever crashes between two leaves no
// child whose parent nobody knows.
std::vector<Lease> MissingLeases(std::span<const StreamShards> streams,
                                 std::span<const Lease> leases);

// A stream that nobody has worked on: what it doesn't tell is to be looked for in the table.
bool HasNewStream(std::span<const StreamShards> streams, std::span<const Lease> leases);

}  // namespace cruddur::stream
