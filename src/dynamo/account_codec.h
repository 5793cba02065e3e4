// JSON of what is asked of an account and an endpoint, DescribeLimits and DescribeEndpoints, and of
// DescribeContinuousBackups.
#pragma once

#include <string>
#include <string_view>

#include "json/reader.h"
#include "json/writer.h"
#include "model/error.h"

namespace cruddur::dynamo {

struct DescribeLimitsRequest {};
struct DescribeEndpointsRequest {};
struct DescribeContinuousBackupsRequest {
  std::string table;
};

model::DbStatus ReadRequest(json::Element body, DescribeLimitsRequest& out);
model::DbStatus ReadRequest(json::Element body, DescribeEndpointsRequest& out);
model::DbStatus ReadRequest(json::Element body, DescribeContinuousBackupsRequest& out);

void WriteRequest(json::Writer& out, const DescribeLimitsRequest& request);
void WriteRequest(json::Writer& out, const DescribeEndpointsRequest& request);
void WriteRequest(json::Writer& out, const DescribeContinuousBackupsRequest& request);

// A new account's quotas in most regions: 80,000 units of each kind, 40,000 for one table.
void WriteLimits(json::Writer& out);
// One endpoint: `address`, where the caller found this one.
void WriteEndpoints(json::Writer& out, std::string_view address);
// Backups are on, as they always are; point-in-time recovery, which would need them, is off.
void WriteContinuousBackups(json::Writer& out);

}  // namespace cruddur::dynamo
