#include "stream/stream_shards.h"

#include <algorithm>
#include <set>
#include <utility>

#include "stream/stream_start.h"

namespace cruddur::stream {

base::Task<model::DbResult<std::vector<StreamShards>>> DescribeStreams(dynamo::Client& client,
                                                                       std::string table) {
  std::vector<StreamShards> streams;
  model::ListStreamsRequest list{.table_name = std::move(table)};
  do {
    CO_TRY_ASSIGN(auto page, co_await client.ListStreams(list));
    for (model::StreamSummary& stream : page.streams) {
      auto shards = co_await ListShards(client, stream.arn);
      const bool gone =
          !shards && shards.error().code == model::DbErrorCode::kResourceNotFound;  // since
      if (!shards && !gone) co_return std::unexpected(std::move(shards).error());
      streams.push_back(
          {std::move(stream.arn), gone ? std::vector<model::Shard>() : *std::move(shards)});
    }
    list.exclusive_start_stream_arn = std::move(page.last_evaluated_stream_arn);
  } while (!list.exclusive_start_stream_arn.empty());
  co_return streams;
}

std::vector<Lease> MissingLeases(std::span<const StreamShards> streams,
                                 std::span<const Lease> leases) {
  std::set<std::string_view> known;
  for (const Lease& lease : leases) known.insert(lease.key);
  std::vector<Lease> missing;
  for (const StreamShards& stream : streams) {
    std::vector<const model::Shard*> rest;
    std::set<std::string_view> waiting;  // to be listed yet
    for (const model::Shard& shard : stream.shards) {
      if (known.contains(LeaseKeyOfShard(stream.arn, shard.id))) continue;
      rest.push_back(&shard);
      waiting.insert(shard.id);
    }
    while (!rest.empty()) {
      auto ready = std::ranges::find_if(
          rest, [&](const model::Shard* shard) { return !waiting.contains(shard->parent_id); });
      if (ready == rest.end()) ready = rest.begin();  // in a circle, which no endpoint should tell
      missing.push_back(LeaseOfShard(stream.arn, (*ready)->id, (*ready)->parent_id));
      waiting.erase((*ready)->id);
      rest.erase(ready);
    }
  }
  return missing;
}

bool HasNewStream(std::span<const StreamShards> streams, std::span<const Lease> leases) {
  return std::ranges::any_of(streams, [&](const StreamShards& stream) {
    return !stream.shards.empty() &&
           std::ranges::find(leases, stream.arn, &Lease::stream_arn) == leases.end();
  });
}

}  // namespace cruddur::stream
