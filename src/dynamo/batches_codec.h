// JSON of BatchGetItem and BatchWriteItem. See items_codec.h.
#pragma once

#include "json/reader.h"
#include "json/writer.h"
#include "model/operations.h"

namespace cruddur::dynamo {

model::DbStatus ReadRequest(json::Element body, model::BatchGetItemRequest& out);
model::DbStatus ReadRequest(json::Element body, model::BatchWriteItemRequest& out);

void WriteRequest(json::Writer& out, const model::BatchGetItemRequest& request);
void WriteRequest(json::Writer& out, const model::BatchWriteItemRequest& request);

void WriteResponse(json::Writer& out, const model::BatchGetItemResponse& response);
void WriteResponse(json::Writer& out, const model::BatchWriteItemResponse& response);

model::DbStatus ReadResponse(json::Element body, model::BatchGetItemResponse& out);
model::DbStatus ReadResponse(json::Element body, model::BatchWriteItemResponse& out);

}  // namespace cruddur::dynamo
