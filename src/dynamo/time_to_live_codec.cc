#include "dynamo/time_to_live_codec.h"

#include "dynamo/expression_parameters.h"
#include "dynamo/table_name.h"
#include "dynamo/table_shapes.h"

namespace cruddur::dynamo {
namespace {

using model::TimeToLiveStatus;

constexpr EnumValue kStatusValues[] = {NamedValue("ENABLING", TimeToLiveStatus::kEnabling),
                                       NamedValue("DISABLING", TimeToLiveStatus::kDisabling),
                                       NamedValue("ENABLED", TimeToLiveStatus::kEnabled),
                                       NamedValue("DISABLED", TimeToLiveStatus::kDisabled)};

constexpr Shape kAttribute{.kind = ShapeKind::kString, .min = 1, .max = 255};
constexpr Member kSpecificationMembers[] = {{"Enabled", &kTruth, true},
                                            {"AttributeName", &kAttribute, true}};
constexpr Shape kSpecification{.kind = ShapeKind::kStructure,
                               .type = "TimeToLiveSpecification",
                               .members = kSpecificationMembers};
constexpr Member kUpdateMembers[] = {kFirstTableNameMember,
                                     {"TimeToLiveSpecification", &kSpecification, true}};
constexpr Shape kUpdate{.kind = ShapeKind::kStructure, .members = kUpdateMembers};
constexpr Member kDescribeMembers[] = {kFirstTableNameMember};
constexpr Shape kDescribe{.kind = ShapeKind::kStructure, .members = kDescribeMembers};

}  // namespace

model::DbStatus ReadRequest(json::Element body, model::UpdateTimeToLiveRequest& out) {
  return ReadBody<kUpdate>(body, [&](const Fields<kUpdate>& fields, RequestIssues& issues) {
    out.table = ReadTableName(fields.At("TableName"), issues);
    const json::Element* value = fields.At("TimeToLiveSpecification");
    if (value == nullptr || !value->is_object()) return;
    const Fields<kSpecification> specification(*value);
    out.specification = {specification.String("AttributeName"), specification.Bool("Enabled")};
  });
}

model::DbStatus ReadRequest(json::Element body, DescribeTimeToLiveRequest& out) {
  return ReadBody<kDescribe>(body, [&](const Fields<kDescribe>& fields, RequestIssues& issues) {
    out.table = ReadTableName(fields.At("TableName"), issues);
  });
}

void WriteResponse(json::Writer& out, const model::TimeToLiveSpecification& specification) {
  out.BeginObject().Key("TimeToLiveSpecification").BeginObject();
  out.Key("AttributeName").String(specification.attribute);
  out.Key("Enabled").Bool(specification.enabled).EndObject().EndObject();
}

void WriteResponse(json::Writer& out, const model::TimeToLiveDescription& description) {
  out.BeginObject().Key("TimeToLiveDescription").BeginObject();
  if (!description.attribute.empty()) out.Key("AttributeName").String(description.attribute);
  out.Key("TimeToLiveStatus").String(NameIn(kStatusValues, description.status));
  out.EndObject().EndObject();
}

}  // namespace cruddur::dynamo
