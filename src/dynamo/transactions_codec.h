// JSON of TransactGetItems and TransactWriteItems. See items_codec.h.
#pragma once

#include "json/reader.h"
#include "json/writer.h"
#include "model/operations.h"

namespace cruddur::dynamo {

model::DbStatus ReadRequest(json::Element body, model::TransactGetItemsRequest& out);
model::DbStatus ReadRequest(json::Element body, model::TransactWriteItemsRequest& out);

void WriteRequest(json::Writer& out, const model::TransactGetItemsRequest& request);
void WriteRequest(json::Writer& out, const model::TransactWriteItemsRequest& request);

void WriteResponse(json::Writer& out, const model::TransactGetItemsResponse& response);
void WriteResponse(json::Writer& out, const model::TransactWriteItemsResponse& response);

model::DbStatus ReadResponse(json::Element body, model::TransactGetItemsResponse& out);
model::DbStatus ReadResponse(json::Element body, model::TransactWriteItemsResponse& out);

}  // namespace cruddur::dynamo
