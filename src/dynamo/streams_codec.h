// JSON of DynamoDB Streams. See items_codec.h.
#pragma once

#include <string>
#include <string_view>

#include "json/reader.h"
#include "json/writer.h"
#include "model/table_operations.h"

namespace cruddur::dynamo {

// GetShardIterator answers with one string.
struct ShardIterator {
  std::string token;
};

model::DbStatus ReadRequest(json::Element body, model::ListStreamsRequest& out);
model::DbStatus ReadRequest(json::Element body, model::DescribeStreamRequest& out);
model::DbStatus ReadRequest(json::Element body, model::GetShardIteratorRequest& out);
model::DbStatus ReadRequest(json::Element body, model::GetRecordsRequest& out);

void WriteRequest(json::Writer& out, const model::ListStreamsRequest& request);
void WriteRequest(json::Writer& out, const model::DescribeStreamRequest& request);
void WriteRequest(json::Writer& out, const model::GetShardIteratorRequest& request);
void WriteRequest(json::Writer& out, const model::GetRecordsRequest& request);

void WriteResponse(json::Writer& out, const model::ListStreamsResponse& response);
void WriteResponse(json::Writer& out, const model::DescribeStreamResponse& response);
void WriteResponse(json::Writer& out, const ShardIterator& response);
void WriteResponse(json::Writer& out, const model::GetRecordsResponse& response,
                   std::string_view region);

model::DbStatus ReadResponse(json::Element body, model::ListStreamsResponse& out);
model::DbStatus ReadResponse(json::Element body, model::DescribeStreamResponse& out);
model::DbStatus ReadResponse(json::Element body, ShardIterator& out);
model::DbStatus ReadResponse(json::Element body, model::GetRecordsResponse& out);

}  // namespace cruddur::dynamo
