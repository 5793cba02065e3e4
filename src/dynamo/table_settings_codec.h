// JSON of the operations on resource policies and contributor insights: requests as the server
// reads them, and its answers. See items_codec.h.
#pragma once

#include "json/reader.h"
#include "json/writer.h"
#include "model/error.h"
#include "model/table_settings.h"

namespace cruddur::dynamo {

model::DbStatus ReadRequest(json::Element body, model::PutResourcePolicyRequest& out);
model::DbStatus ReadRequest(json::Element body, model::DeleteResourcePolicyRequest& out);
model::DbStatus ReadRequest(json::Element body, model::GetResourcePolicyRequest& out);
model::DbStatus ReadRequest(json::Element body, model::UpdateContributorInsightsRequest& out);
model::DbStatus ReadRequest(json::Element body, model::DescribeContributorInsightsRequest& out);
model::DbStatus ReadRequest(json::Element body, model::ListContributorInsightsRequest& out);

void WriteResponse(json::Writer& out, const model::PolicyRevision& revision);
void WriteResponse(json::Writer& out, const model::ResourcePolicy& policy);
void WriteResponse(json::Writer& out, const model::ContributorInsightsSummary& summary);
void WriteResponse(json::Writer& out, const model::ContributorInsightsDescription& description);
void WriteResponse(json::Writer& out, const model::ListContributorInsightsResponse& response);

}  // namespace cruddur::dynamo
