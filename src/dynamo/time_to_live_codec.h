// JSON of UpdateTimeToLive and DescribeTimeToLive: requests as the server reads them, and its
// answers. See items_codec.h.
#pragma once

#include "json/reader.h"
#include "json/writer.h"
#include "model/table_operations.h"

namespace cruddur::dynamo {

struct DescribeTimeToLiveRequest {
  std::string table;
};

model::DbStatus ReadRequest(json::Element body, model::UpdateTimeToLiveRequest& out);
model::DbStatus ReadRequest(json::Element body, DescribeTimeToLiveRequest& out);

void WriteResponse(json::Writer& out, const model::TimeToLiveSpecification& specification);
void WriteResponse(json::Writer& out, const model::TimeToLiveDescription& description);

}  // namespace cruddur::dynamo
