// DynamoDB Streams over the records that the committer leaves.
//
// Thread-safe; reads run on the caller's thread. A record can be had for 24 hours, whether or not
// its row has been removed yet.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "engine/catalog.h"
#include "engine/storage.h"
#include "model/table_operations.h"

namespace cruddur::engine {

class StreamReader {
 public:
  // All outlive the reader.
  StreamReader(const Storage& storage, const Catalog& catalog, const base::Clock& clock)
      : storage_(storage), catalog_(catalog), clock_(clock) {}

  model::DbResult<model::ListStreamsResponse> ListStreams(
      const model::ListStreamsRequest& request) const;
  model::DbResult<model::DescribeStreamResponse> DescribeStream(
      const model::DescribeStreamRequest& request) const;
  model::DbResult<std::string> GetShardIterator(
      const model::GetShardIteratorRequest& request) const;
  model::DbResult<model::GetRecordsResponse> GetRecords(
      const model::GetRecordsRequest& request) const;

 private:
  // A stream, and how far its open shard has come.
  struct Found {
    std::shared_ptr<const StreamState> stream;
    uint64_t last_sequence = 0;

    // The number behind the last record of a shard.
    uint64_t End(const ShardState& shard) const;
  };
  model::DbResult<Found> Find(std::string_view arn) const;
  // Where reading begins: a sequence number.
  model::DbResult<uint64_t> PositionOf(const model::GetShardIteratorRequest& request,
                                       const Found& found, const ShardState& shard) const;
  model::DbResult<uint64_t> TrimHorizon(const Found& found, const ShardState& shard) const;
  bool Expired(base::Micros created_at) const {
    return clock_.Now() - created_at > kStreamRetention;
  }

  const Storage& storage_;
  const Catalog& catalog_;
  const base::Clock& clock_;
};

}  // namespace cruddur::engine
