#include "stream/stream_start.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "stream/shard_reader.h"

namespace cruddur::stream {
namespace {

base::Micros WholeSeconds(base::Micros time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

// The open shard's end has no number before its next record. So it is kept as an iterator for now,
// and as a time, should this process end before that record.
base::Task<model::DbResult<StreamStart>> EndOf(dynamo::Client& client, std::string stream_arn,
                                               base::Micros now) {
  StreamStart end{.position = {.stream_arn = std::move(stream_arn), .since = WholeSeconds(now)}};
  CO_TRY_ASSIGN(const auto shards, co_await ListShards(client, end.position.stream_arn));
  for (const model::Shard& shard : shards) {
    if (!shard.last_sequence_number.empty()) {
      end.position.sequence_number = shard.last_sequence_number;
      continue;
    }
    model::GetShardIteratorRequest at{.stream_arn = end.position.stream_arn,
                                      .shard_id = shard.id,
                                      .type = model::ShardIteratorType::kLatest};
    CO_TRY_ASSIGN(end.iterators[shard.id], co_await client.GetShardIterator(std::move(at)));
  }
  co_return end;
}

// Of the shards that end before then nothing is read: one does whose child has an older record.
base::Task<model::DbResult<StreamStart>> StartAt(dynamo::Client& client, std::string stream_arn,
                                                 base::Micros time) {
  StreamStart at{.position = {.stream_arn = std::move(stream_arn), .since = WholeSeconds(time)}};
  CO_TRY_ASSIGN(const auto shards, co_await ListShards(client, at.position.stream_arn));
  for (size_t i = 0; i + 1 < shards.size(); ++i) {
    ShardReader reader(client, at.position.stream_arn, shards[i + 1].id, "");
    CO_TRY_ASSIGN(const auto first, co_await reader.Read(1));
    if (first.empty() || first.front().created_at >= at.position.since) break;
    at.position.sequence_number = shards[i].last_sequence_number;
  }
  co_return at;
}

}  // namespace

base::Task<model::DbResult<StreamStart>> FindStart(dynamo::Client& client, std::string stream_arn,
                                                   const MappingOptions& options,
                                                   base::Micros now) {
  switch (options.starting_position) {
    case StartingPosition::kLatest:
      co_return co_await EndOf(client, std::move(stream_arn), now);
    case StartingPosition::kAtTimestamp:
      co_return co_await StartAt(client, std::move(stream_arn),
                                 options.starting_position_timestamp);
    case StartingPosition::kTrimHorizon:
      break;
  }
  co_return StreamStart{.position = {.stream_arn = std::move(stream_arn)}};
}

std::string_view NameOf(StartingPosition position) {
  switch (position) {
    case StartingPosition::kTrimHorizon:
      return "TRIM_HORIZON";
    case StartingPosition::kLatest:
      return "LATEST";
    case StartingPosition::kAtTimestamp:
      return "AT_TIMESTAMP";
  }
  return "";
}

base::Task<model::DbResult<std::vector<model::Shard>>> ListShards(dynamo::Client& client,
                                                                  std::string stream_arn) {
  std::vector<model::Shard> shards;
  model::DescribeStreamRequest request{.stream_arn = std::move(stream_arn)};
  do {
    CO_TRY_ASSIGN(auto page, co_await client.DescribeStream(request));
    std::ranges::move(page.shards, std::back_inserter(shards));
    request.exclusive_start_shard_id = std::move(page.last_evaluated_shard_id);
  } while (!request.exclusive_start_shard_id.empty());
  co_return shards;
}

}  // namespace cruddur::stream
