// Where an event source mapping begins in a stream that it hasn't read from.
// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/client.h"
#include "stream/checkpoint.h"
#include "stream/mapping_options.h"

namespace cruddur::stream {

struct StreamStart {
  Position position;
  // Of shards, by id: where to begin to read, which has no number yet. If they don't lead anywhere
  // any more, `position.since` does.
  std::map<std::string, std::string> iterators;
};

// Time is whole seconds, as a stream over HTTP tells it. The shards of a stream follow one another.
base::Task<model::DbResult<StreamStart>> FindStart(dynamo::Client& client, std::string stream_arn,
                                                   const MappingOptions& options, base::Micros now);

// "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"
std::string_view NameOf(StartingPosition position);

// All shards of a stream, as they are told: parents before their children.
base::Task<model::DbResult<std::vector<model::Shard>>> ListShards(dynamo::Client& client,
                                                                  std::string stream_arn);

}  // namespace cruddur::stream
