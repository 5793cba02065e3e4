// JSON of Query and Scan. See items_codec.h.
#pragma once

#include "json/reader.h"
#include "json/writer.h"
#include "model/operations.h"

namespace cruddur::dynamo {

model::DbStatus ReadRequest(json::Element body, model::QueryRequest& out);
model::DbStatus ReadRequest(json::Element body, model::ScanRequest& out);

void WriteRequest(json::Writer& out, const model::QueryRequest& request);
void WriteRequest(json::Writer& out, const model::ScanRequest& request);

// Select COUNT answers without "Items".
void WriteResponse(json::Writer& out, const model::PageResponse& response, model::Select select);

model::DbStatus ReadResponse(json::Element body, model::PageResponse& out);

}  // namespace cruddur::dynamo
