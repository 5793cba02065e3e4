#include "dynamo/account_codec.h"

#include "dynamo/common_shapes.h"
#include "dynamo/expression_parameters.h"

namespace cruddur::dynamo {
namespace {

constexpr Shape kNothing{.kind = ShapeKind::kStructure};
constexpr Member kBackupsMembers[] = {kTableNameMember};
constexpr Shape kBackups{.kind = ShapeKind::kStructure, .members = kBackupsMembers};

constexpr int64_t kAccountUnits = 80'000, kTableUnits = 40'000;
constexpr int64_t kDayInMinutes = 24 * 60;

model::DbStatus ReadNothing(json::Element body) {
  return ReadBody<kNothing>(body, [](const Fields<kNothing>&, RequestIssues&) {});
}

}  // namespace

model::DbStatus ReadRequest(json::Element body, DescribeLimitsRequest&) {
  return ReadNothing(body);
}

model::DbStatus ReadRequest(json::Element body, DescribeEndpointsRequest&) {
  return ReadNothing(body);
}

model::DbStatus ReadRequest(json::Element body, DescribeContinuousBackupsRequest& out) {
  return ReadBody<kBackups>(body, [&](const Fields<kBackups>& fields, RequestIssues&) {
    out.table = fields.String("TableName");
  });
}

void WriteRequest(json::Writer& out, const DescribeLimitsRequest&) {
  out.BeginObject().EndObject();
}

void WriteRequest(json::Writer& out, const DescribeEndpointsRequest&) {
  out.BeginObject().EndObject();
}

void WriteRequest(json::Writer& out, const DescribeContinuousBackupsRequest& request) {
  out.BeginObject().Key("TableName").String(request.table).EndObject();
}

void WriteLimits(json::Writer& out) {
  out.BeginObject().Key("AccountMaxReadCapacityUnits").Int(kAccountUnits);
  out.Key("AccountMaxWriteCapacityUnits").Int(kAccountUnits);
  out.Key("TableMaxReadCapacityUnits").Int(kTableUnits);
  out.Key("TableMaxWriteCapacityUnits").Int(kTableUnits).EndObject();
}

void WriteEndpoints(json::Writer& out, std::string_view address) {
  out.BeginObject().Key("Endpoints").BeginArray().BeginObject();
  out.Key("Address").String(address).Key("CachePeriodInMinutes").Int(kDayInMinutes);
  out.EndObject().EndArray().EndObject();
}

void WriteContinuousBackups(json::Writer& out) {
  out.BeginObject().Key("ContinuousBackupsDescription").BeginObject();
  out.Key("ContinuousBackupsStatus").String("ENABLED");
  out.Key("PointInTimeRecoveryDescription").BeginObject();
  out.Key("PointInTimeRecoveryStatus").String("DISABLED").EndObject();
  out.EndObject().EndObject();
}

}  // namespace cruddur::dynamo
