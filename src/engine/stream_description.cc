#include <algorithm>

#include "engine/field_checks.h"
#include "engine/stream_checks.h"
#include "engine/stream_codec.h"
#include "engine/stream_reader.h"

namespace cruddur::engine {
namespace {

constexpr int64_t kMaxListed = 100;

model::Shard DescribeShard(const ShardState& shard) {
  return {
      .id = shard.id,
      .parent_id = shard.parent_id,
      .first_sequence_number = FormatSequence(shard.first_sequence),
      .last_sequence_number = shard.last_sequence == 0 ? "" : FormatSequence(shard.last_sequence)};
}

}  // namespace

model::DbResult<model::ListStreamsResponse> StreamReader::ListStreams(
    const model::ListStreamsRequest& request) const {
  FieldChecks fields;
  if (!request.table_name.empty()) fields.TableName(request.table_name);
  fields.Between("limit", request.limit, 1, kMaxListed);
  TRY(fields.Result());
  if (!request.exclusive_start_stream_arn.empty()) {
    TRY(CheckStreamArnForm(request.exclusive_start_stream_arn));
  }

  model::ListStreamsResponse response;
  const auto catalog = catalog_.Snapshot();
  for (auto at = catalog->streams.upper_bound(request.exclusive_start_stream_arn);
       at != catalog->streams.end(); ++at) {
    const StreamState& stream = *at->second;
    if (!request.table_name.empty() && stream.table_name != request.table_name) continue;
    if (std::ssize(response.streams) == request.limit) {
      response.last_evaluated_stream_arn = response.streams.back().arn;
      break;
    }
    response.streams.push_back(
        {.arn = stream.arn, .table_name = stream.table_name, .label = stream.label});
  }
  return response;
}

model::DbResult<model::DescribeStreamResponse> StreamReader::DescribeStream(
    const model::DescribeStreamRequest& request) const {
  FieldChecks fields;
  CheckStreamArn(request.stream_arn, fields);
  fields.Between("limit", request.limit, 1, kMaxListed);
  if (!request.exclusive_start_shard_id.empty()) {
    CheckShardId(request.exclusive_start_shard_id, "exclusiveStartShardId", fields);
  }
  if (!request.children_of.empty()) {
    CheckShardId(request.children_of, "shardFilter.shardId", fields);
  }
  TRY(fields.Result());
  TRY_ASSIGN(const auto stream, FindStream(catalog_, request.stream_arn));

  model::DescribeStreamResponse response{
      .arn = stream->arn,
      .label = stream->label,
      .table_name = stream->table_name,
      .status = stream->disabled_at == base::Micros(0) ? "ENABLED" : "DISABLED",
      .view = stream->view,
      .created_at = stream->created_at,
      .keys = stream->keys};
  // Ids rise with the shards' numbers, parents before children.
  auto at = std::ranges::upper_bound(stream->shards, request.exclusive_start_shard_id, {},
                                     &ShardState::id);
  for (; at != stream->shards.end(); ++at) {
    // Children are told also when their parent is gone: whoever read its end goes on with them.
    if (!request.children_of.empty() && at->parent_id != request.children_of) continue;
    if (std::ssize(response.shards) == request.limit) {
      response.last_evaluated_shard_id = response.shards.back().id;
      break;
    }
    response.shards.push_back(DescribeShard(*at));
  }
  return response;
}

}  // namespace cruddur::engine
