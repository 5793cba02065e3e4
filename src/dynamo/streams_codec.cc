#include "dynamo/streams_codec.h"

#include "dynamo/common_shapes.h"
#include "dynamo/expression_parameters.h"
#include "dynamo/key_schema_codec.h"
#include "dynamo/response_reader.h"
#include "dynamo/stream_record_codec.h"
#include "dynamo/wire_time.h"

namespace cruddur::dynamo {
namespace {

using model::ShardIteratorType;

constexpr EnumValue kIteratorTypeValues[] = {
    NamedValue("TRIM_HORIZON", ShardIteratorType::kTrimHorizon),
    NamedValue("LATEST", ShardIteratorType::kLatest),
    NamedValue("AT_SEQUENCE_NUMBER", ShardIteratorType::kAtSequenceNumber),
    NamedValue("AFTER_SEQUENCE_NUMBER", ShardIteratorType::kAfterSequenceNumber)};

constexpr Shape kIteratorType{.kind = ShapeKind::kString, .values = kIteratorTypeValues};
constexpr Shape kStreamArn{.kind = ShapeKind::kString, .min = 37, .max = 1024};
constexpr Shape kShardId{.kind = ShapeKind::kString, .min = 28, .max = 65};
constexpr Shape kSequenceNumber{.kind = ShapeKind::kString, .min = 21, .max = 40};
constexpr Shape kIterator{.kind = ShapeKind::kString, .min = 1, .max = 2048};
constexpr Shape kPageLimit{.kind = ShapeKind::kInteger, .min = 1, .max = 100};
constexpr Shape kRecordLimit{.kind = ShapeKind::kInteger, .min = 1, .max = 1000};

constexpr Member kListStreamsMembers[] = {{"ExclusiveStartStreamArn", &kStreamArn},
                                          {"Limit", &kPageLimit},
                                          {"TableName", &kResourceName}};
constexpr Shape kListStreams{.kind = ShapeKind::kStructure, .members = kListStreamsMembers};
// The only type that there is.
constexpr EnumValue kFilterTypeValues[] = {{"CHILD_SHARDS", 0}};
constexpr Shape kFilterType{.kind = ShapeKind::kString, .values = kFilterTypeValues};
constexpr Member kShardFilterMembers[] = {{"ShardId", &kShardId, true},
                                          {"Type", &kFilterType, true}};
constexpr Shape kShardFilter{
    .kind = ShapeKind::kStructure, .type = "ShardFilter", .members = kShardFilterMembers};
constexpr Member kDescribeStreamMembers[] = {{"ExclusiveStartShardId", &kShardId},
                                             {"Limit", &kPageLimit},
                                             {"ShardFilter", &kShardFilter},
                                             {"StreamArn", &kStreamArn, true}};
constexpr Shape kDescribeStream{.kind = ShapeKind::kStructure, .members = kDescribeStreamMembers};
constexpr Member kGetShardIteratorMembers[] = {{"StreamArn", &kStreamArn, true},
                                               {"ShardId", &kShardId, true},
                                               {"ShardIteratorType", &kIteratorType, true},
                                               {"SequenceNumber", &kSequenceNumber}};
constexpr Shape kGetShardIterator{.kind = ShapeKind::kStructure,
                                  .members = kGetShardIteratorMembers};
constexpr Member kGetRecordsMembers[] = {{"Limit", &kRecordLimit},
                                         {"ShardIterator", &kIterator, true}};
constexpr Shape kGetRecords{.kind = ShapeKind::kStructure, .members = kGetRecordsMembers};

model::Shard ReadShard(json::Element element, ResponseReader& outer) {
  ResponseReader in(element);
  model::Shard shard;
  shard.id = in.String("ShardId");
  shard.parent_id = in.String("ParentShardId");
  if (auto range = in.Find("SequenceNumberRange")) {
    ResponseReader inner(*range);
    shard.first_sequence_number = inner.String("StartingSequenceNumber");
    shard.last_sequence_number = inner.String("EndingSequenceNumber");
    in.Join(inner);
  }
  outer.Join(in);
  return shard;
}

}  // namespace

model::DbStatus ReadRequest(json::Element body, model::ListStreamsRequest& out) {
  return ReadBody<kListStreams>(body, [&](const Fields<kListStreams>& fields, RequestIssues&) {
    out.table_name = fields.String("TableName");
    out.limit = fields.Int("Limit").value_or(out.limit);
    out.exclusive_start_stream_arn = fields.String("ExclusiveStartStreamArn");
  });
}

model::DbStatus ReadRequest(json::Element body, model::DescribeStreamRequest& out) {
  return ReadBody<kDescribeStream>(
      body, [&](const Fields<kDescribeStream>& fields, RequestIssues&) {
        out.stream_arn = fields.String("StreamArn");
        out.limit = fields.Int("Limit").value_or(out.limit);
        out.exclusive_start_shard_id = fields.String("ExclusiveStartShardId");
        const json::Element* filter = fields.At("ShardFilter");
        if (filter == nullptr || !filter->is_object()) return;
        out.children_of = Fields<kShardFilter>(*filter).String("ShardId");
      });
}

model::DbStatus ReadRequest(json::Element body, model::GetShardIteratorRequest& out) {
  return ReadBody<kGetShardIterator>(body, [&](const Fields<kGetShardIterator>& fields,
                                               RequestIssues&) {
    out.stream_arn = fields.String("StreamArn");
    out.shard_id = fields.String("ShardId");
    out.type = fields.Enum<ShardIteratorType>("ShardIteratorType", ShardIteratorType::kTrimHorizon);
    out.sequence_number = fields.String("SequenceNumber");
  });
}

model::DbStatus ReadRequest(json::Element body, model::GetRecordsRequest& out) {
  return ReadBody<kGetRecords>(body, [&](const Fields<kGetRecords>& fields, RequestIssues&) {
    out.shard_iterator = fields.String("ShardIterator");
    out.limit = fields.Int("Limit").value_or(out.limit);
  });
}

void WriteRequest(json::Writer& out, const model::ListStreamsRequest& request) {
  out.BeginObject();
  if (!request.table_name.empty()) out.Key("TableName").String(request.table_name);
  if (!request.exclusive_start_stream_arn.empty()) {
    out.Key("ExclusiveStartStreamArn").String(request.exclusive_start_stream_arn);
  }
  out.Key("Limit").Int(request.limit).EndObject();
}

void WriteRequest(json::Writer& out, const model::DescribeStreamRequest& request) {
  out.BeginObject().Key("StreamArn").String(request.stream_arn);
  if (!request.exclusive_start_shard_id.empty()) {
    out.Key("ExclusiveStartShardId").String(request.exclusive_start_shard_id);
  }
  if (!request.children_of.empty()) {
    out.Key("ShardFilter").BeginObject().Key("Type").String("CHILD_SHARDS");
    out.Key("ShardId").String(request.children_of).EndObject();
  }
  out.Key("Limit").Int(request.limit).EndObject();
}

void WriteRequest(json::Writer& out, const model::GetShardIteratorRequest& request) {
  out.BeginObject().Key("StreamArn").String(request.stream_arn);
  out.Key("ShardId").String(request.shard_id);
  out.Key("ShardIteratorType").String(NameIn(kIteratorTypeValues, request.type));
  if (!request.sequence_number.empty()) out.Key("SequenceNumber").String(request.sequence_number);
  out.EndObject();
}

void WriteRequest(json::Writer& out, const model::GetRecordsRequest& request) {
  out.BeginObject().Key("ShardIterator").String(request.shard_iterator);
  out.Key("Limit").Int(request.limit).EndObject();
}

void WriteResponse(json::Writer& out, const model::ListStreamsResponse& response) {
  out.BeginObject().Key("Streams").BeginArray();
  for (const model::StreamSummary& stream : response.streams) {
    out.BeginObject().Key("StreamArn").String(stream.arn);
    out.Key("TableName").String(stream.table_name);
    out.Key("StreamLabel").String(stream.label).EndObject();
  }
  out.EndArray();
  if (!response.last_evaluated_stream_arn.empty()) {
    out.Key("LastEvaluatedStreamArn").String(response.last_evaluated_stream_arn);
  }
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::DescribeStreamResponse& response) {
  out.BeginObject().Key("StreamDescription").BeginObject();
  out.Key("StreamArn").String(response.arn).Key("StreamLabel").String(response.label);
  out.Key("StreamStatus").String(response.status);
  out.Key("StreamViewType").String(NameOf(response.view));
  out.Key("CreationRequestDateTime");
  WriteTime(out, response.created_at);
  out.Key("TableName").String(response.table_name);
  WriteKeySchema(out, response.keys);
  out.Key("Shards").BeginArray();
  for (const model::Shard& shard : response.shards) {
    out.BeginObject().Key("ShardId").String(shard.id);
    out.Key("SequenceNumberRange").BeginObject();
    out.Key("StartingSequenceNumber").String(shard.first_sequence_number);
    if (!shard.last_sequence_number.empty()) {
      out.Key("EndingSequenceNumber").String(shard.last_sequence_number);
    }
    out.EndObject();
    if (!shard.parent_id.empty()) out.Key("ParentShardId").String(shard.parent_id);
    out.EndObject();
  }
  out.EndArray();
  if (!response.last_evaluated_shard_id.empty()) {
    out.Key("LastEvaluatedShardId").String(response.last_evaluated_shard_id);
  }
  out.EndObject().EndObject();
}

void WriteResponse(json::Writer& out, const ShardIterator& response) {
  out.BeginObject().Key("ShardIterator").String(response.token).EndObject();
}

void WriteResponse(json::Writer& out, const model::GetRecordsResponse& response,
                   std::string_view region) {
  out.BeginObject().Key("Records").BeginArray();
  for (const model::StreamRecord& record : response.records) {
    WriteStreamRecord(out, record, region);
  }
  out.EndArray();
  if (!response.next_shard_iterator.empty()) {
    out.Key("NextShardIterator").String(response.next_shard_iterator);
  }
  out.EndObject();
}

model::DbStatus ReadResponse(json::Element body, model::ListStreamsResponse& out) {
  ResponseReader in(body);
  in.ForEach("Streams", [&](json::Element each) {
    ResponseReader inner(each);
    out.streams.push_back(
        {inner.String("StreamArn"), inner.String("TableName"), inner.String("StreamLabel")});
    in.Join(inner);
  });
  out.last_evaluated_stream_arn = in.String("LastEvaluatedStreamArn");
  return in.Finish();
}

model::DbStatus ReadResponse(json::Element body, model::DescribeStreamResponse& out) {
  ResponseReader outer(body);
  auto description = outer.Find("StreamDescription");
  if (!description) {
    outer.MarkBroken();
    return outer.Finish();
  }
  ResponseReader in(*description);
  out.arn = in.String("StreamArn");
  out.label = in.String("StreamLabel");
  out.table_name = in.String("TableName");
  out.status = in.String("StreamStatus");
  FromName(in.String("StreamViewType"), out.view);
  out.created_at = ReadTime(in, "CreationRequestDateTime");
  // The answer names the keys without their types.
  in.ForEach("KeySchema", [&](json::Element each) {
    ResponseReader inner(each);
    auto& into = inner.String("KeyType") == "RANGE" ? out.keys.sort : out.keys.partition;
    into.push_back({inner.String("AttributeName")});
    in.Join(inner);
  });
  in.ForEach("Shards", [&](json::Element each) { out.shards.push_back(ReadShard(each, in)); });
  out.last_evaluated_shard_id = in.String("LastEvaluatedShardId");
  return in.Finish();
}

model::DbStatus ReadResponse(json::Element body, ShardIterator& out) {
  ResponseReader in(body);
  out.token = in.String("ShardIterator");
  return in.Finish();
}

model::DbStatus ReadResponse(json::Element body, model::GetRecordsResponse& out) {
  ResponseReader in(body);
  in.ForEach("Records",
             [&](json::Element each) { out.records.push_back(ReadStreamRecord(each, in)); });
  out.next_shard_iterator = in.String("NextShardIterator");
  return in.Finish();
}

}  // namespace cruddur::dynamo
