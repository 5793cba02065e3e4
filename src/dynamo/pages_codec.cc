#include "dynamo/pages_codec.h"

#include <fmt/format.h>

#include "dynamo/capacity_codec.h"
#include "dynamo/common_shapes.h"
#include "dynamo/expression_parameters.h"
#include "dynamo/legacy_parameters.h"
#include "dynamo/legacy_shapes.h"

namespace cruddur::dynamo {
namespace {

using model::ReturnConsumedCapacity;
using model::Select;

constexpr EnumValue kSelectValues[] = {
    NamedValue("SPECIFIC_ATTRIBUTES", Select::kSpecificAttributes),
    NamedValue("COUNT", Select::kCount), NamedValue("ALL_ATTRIBUTES", Select::kAllAttributes),
    NamedValue("ALL_PROJECTED_ATTRIBUTES", Select::kAllProjectedAttributes)};
constexpr Shape kSelect{.kind = ShapeKind::kString, .values = kSelectValues};
constexpr Shape kTotalSegments{.kind = ShapeKind::kInteger, .min = 1, .max = 1'000'000};
constexpr Shape kQueryLimit{.kind = ShapeKind::kInteger};
constexpr Shape kSegment{.kind = ShapeKind::kInteger, .min = 0, .max = 999'999};

constexpr Member kFilterExpressionMember{"FilterExpression", &kText, false,
                                         MemberRole::kExpression};

constexpr Member kQueryMembers[] = {
    {"Select", &kSelect},
    {"IndexName", &kResourceName},
    kReturnConsumedCapacityMember,
    {"QueryFilter", &kConditions, false, MemberRole::kLegacyConditions},
    kTableNameMember,
    kConditionalOperatorMember,
    kAttributesToGetMember,
    {"Limit", &kQueryLimit},
    {"KeyConditions", &kConditions, false, MemberRole::kKeyConditions},
    {"ExclusiveStartKey", &kItemShape},
    {"ConsistentRead", &kTruth},
    {"ScanIndexForward", &kTruth},
    kProjectionExpressionMember,
    kFilterExpressionMember,
    {"KeyConditionExpression", &kText, false, MemberRole::kExpression},
    kExpressionNamesMember,
    kExpressionValuesMember,
};
constexpr Shape kQuery{
    .kind = ShapeKind::kStructure, .members = kQueryMembers, .layer = Layer::kCurrent};

constexpr Member kScanMembers[] = {
    {"Select", &kSelect},
    {"IndexName", &kResourceName},
    {"TotalSegments", &kTotalSegments},
    kReturnConsumedCapacityMember,
    kTableNameMember,
    kConditionalOperatorMember,
    {"ScanFilter", &kConditions, false, MemberRole::kLegacyConditions},
    {"Segment", &kSegment},
    {"Limit", &kLimit},
    kAttributesToGetMember,
    {"ExclusiveStartKey", &kItemShape},
    {"ConsistentRead", &kTruth},
    kProjectionExpressionMember,
    kFilterExpressionMember,
    kExpressionNamesMember,
    kExpressionValuesMember,
};
constexpr Shape kScan{.kind = ShapeKind::kStructure, .members = kScanMembers};

// An error in a start key's value says where it is, except for some kinds, as at AWS.
template <const Shape& S>
model::Item ReadStartKey(const Fields<S>& fields, RequestIssues& issues) {
  const json::Element* value = fields.At("ExclusiveStartKey");
  if (value == nullptr) return {};
  RequestIssues inner(issues.current() ? Layer::kCurrent : Layer::kOlder);
  model::Item key = ReadItemMember(*value, inner);
  if (model::DbStatus status = inner.Finish(); !status) {
    model::DbError error = std::move(status).error();
    if (error.code == model::DbErrorCode::kSerialization) {
      issues.Fail(CheckStage::kTypes, std::move(error));
      return {};
    }
    bool plain = false;
    for (std::string_view word : {"contains duplicates", "number set", "numeric value",
                                  "significant digits", "number with magnitude"}) {
      plain = plain || error.message.find(word) != std::string::npos;
    }
    if (!plain) error.message.insert(0, "The provided starting key is invalid: ");
    issues.Fail(CheckStage::kValues, std::move(error));
  } else if (key.empty()) {
    // The typed request takes an empty key for none.
    issues.FailRule(CheckStage::kRules,
                    "The provided starting key is invalid: The provided key element does not match "
                    "the schema");
  }
  return key;
}

template <const Shape& S, class Request>
void ReadPageParameters(const Fields<S>& fields, RequestIssues& issues, Request& out) {
  out.table = fields.String("TableName");
  out.index = fields.String("IndexName");
  out.filter_expression = fields.OptionalString("FilterExpression");
  out.projection_expression = fields.OptionalString("ProjectionExpression");
  out.select = fields.template Enum<Select>("Select", Select::kDefault);
  out.limit = fields.Int("Limit");
  out.consistent_read = fields.Bool("ConsistentRead");
  out.return_consumed_capacity = fields.template Enum<ReturnConsumedCapacity>(
      "ReturnConsumedCapacity", ReturnConsumedCapacity::kNone);
  out.exclusive_start_key = ReadStartKey(fields, issues);
}

// The legacy parameters of a page, checked and not yet written as expressions.
struct LegacyPage {
  std::vector<std::string> attributes;
  std::vector<expr::LegacyCondition> filter, key_conditions;
};

std::vector<expr::LegacyCondition> ReadKeyConditions(json::Element value, RequestIssues& issues) {
  auto conditions = ReadConditions(&value, CheckStage::kRules, issues);
  if (conditions.empty() || conditions.size() > 2) {
    issues.FailRule(CheckStage::kRules, "Conditions can be of length 1 or 2 only");
  }
  return conditions;
}

template <const Shape& S, class Request>
void WriteLegacyPage(const Fields<S>& fields, LegacyPage legacy, Request& out) {
  if (legacy.attributes.empty() && legacy.filter.empty() && legacy.key_conditions.empty()) return;
  expr::LegacyPlaceholders placeholders(out.placeholders);
  model::LegacyUse& use = out.placeholders.legacy;
  use.others = !legacy.attributes.empty() || !legacy.filter.empty();
  use.key_conditions = !legacy.key_conditions.empty();
  if (!legacy.attributes.empty()) {
    out.projection_expression =
        expr::WriteAttributesToGet(std::move(legacy.attributes), placeholders);
  }
  if (!legacy.filter.empty()) {
    const auto junction =
        fields.template Enum<expr::Junction>("ConditionalOperator", expr::Junction::kAnd);
    out.filter_expression = expr::WriteConditions(std::move(legacy.filter), junction, placeholders);
  }
  if constexpr (requires { out.key_condition_expression; }) {
    if (!use.key_conditions) return;
    out.key_condition_expression =
        expr::WriteKeyConditions(std::move(legacy.key_conditions), placeholders);
  }
}

void CheckSegments(const model::ScanRequest& request, RequestIssues& issues) {
  if (request.segment && !request.total_segments) {
    issues.FailRule(CheckStage::kRules,
                    "The TotalSegments parameter is required but was not present in the request "
                    "when Segment parameter is present");
  } else if (request.total_segments && !request.segment) {
    issues.FailRule(CheckStage::kRules,
                    "The Segment parameter is required but was not present in the request when "
                    "parameter TotalSegments is present");
  } else if (request.segment && *request.segment >= *request.total_segments) {
    issues.FailRule(CheckStage::kRules,
                    fmt::format("The Segment parameter is zero-based and must be less than "
                                "parameter TotalSegments: Segment: {} is not less than "
                                "TotalSegments: {}",
                                *request.segment, *request.total_segments));
  }
}

template <class Request>
void WritePageParameters(json::Writer& out, const Request& request) {
  out.Key("TableName").String(request.table);
  if (!request.index.empty()) out.Key("IndexName").String(request.index);
  if (request.filter_expression) out.Key("FilterExpression").String(*request.filter_expression);
  if (request.projection_expression) {
    out.Key("ProjectionExpression").String(*request.projection_expression);
  }
  WritePlaceholders(out, request.placeholders);
  if (request.select != Select::kDefault) {
    out.Key("Select").String(NameIn(kSelectValues, request.select));
  }
  if (request.limit) out.Key("Limit").Int(*request.limit);
  if (!request.exclusive_start_key.empty()) {
    out.Key("ExclusiveStartKey");
    model::WriteItem(out, request.exclusive_start_key);
  }
  if (request.consistent_read) out.Key("ConsistentRead").Bool(true);
  WriteReturnConsumedCapacity(out, request.return_consumed_capacity);
}

}  // namespace

model::DbStatus ReadRequest(json::Element body, model::QueryRequest& out) {
  return ReadBody<kQuery>(body, [&](const Fields<kQuery>& fields, RequestIssues& issues) {
    LegacyPage legacy;
    legacy.filter = ReadConditions(fields.At("QueryFilter"), CheckStage::kValues, issues);
    legacy.attributes =
        ReadAttributesToGet(fields.At("AttributesToGet"), CheckStage::kValues, issues);
    ReadPageParameters(fields, issues, out);
    if (out.limit && *out.limit < 1) {
      // Unlike Scan's, and other constraints, this one doesn't show the value, and stands alone.
      issues.FailRule(CheckStage::kMembers,
                      "1 validation error detected: Value at 'Limit' failed to satisfy constraint: "
                      "Member must have value greater than or equal to 1");
    }
    out.scan_index_forward = fields.Bool("ScanIndexForward", true);
    out.key_condition_expression = fields.String("KeyConditionExpression");
    if (!fields.Has("KeyConditions") && !fields.Has("KeyConditionExpression")) {
      issues.FailRule(CheckStage::kRules,
                      "Either the KeyConditions or KeyConditionExpression parameter must be "
                      "specified in the request.");
    }
    out.placeholders = ReadPlaceholders(fields, issues);
    if (const json::Element* conditions = fields.At("KeyConditions")) {
      legacy.key_conditions = ReadKeyConditions(*conditions, issues);
    } else if (out.key_condition_expression.empty()) {
      issues.FailRule(CheckStage::kRules,
                      "Invalid KeyConditionExpression: The expression can not be empty;");
    }
    WriteLegacyPage(fields, std::move(legacy), out);
  });
}

model::DbStatus ReadRequest(json::Element body, model::ScanRequest& out) {
  return ReadBody<kScan>(body, [&](const Fields<kScan>& fields, RequestIssues& issues) {
    LegacyPage legacy;
    legacy.attributes =
        ReadAttributesToGet(fields.At("AttributesToGet"), CheckStage::kValues, issues);
    legacy.filter = ReadConditions(fields.At("ScanFilter"), CheckStage::kValues, issues);
    ReadPageParameters(fields, issues, out);
    out.segment = fields.Int("Segment");
    out.total_segments = fields.Int("TotalSegments");
    CheckSegments(out, issues);
    out.placeholders = ReadPlaceholders(fields, issues);
    WriteLegacyPage(fields, std::move(legacy), out);
  });
}

void WriteRequest(json::Writer& out, const model::QueryRequest& request) {
  out.BeginObject().Key("KeyConditionExpression").String(request.key_condition_expression);
  WritePageParameters(out, request);
  if (!request.scan_index_forward) out.Key("ScanIndexForward").Bool(false);
  out.EndObject();
}

void WriteRequest(json::Writer& out, const model::ScanRequest& request) {
  out.BeginObject();
  WritePageParameters(out, request);
  if (request.segment) out.Key("Segment").Int(*request.segment);
  if (request.total_segments) out.Key("TotalSegments").Int(*request.total_segments);
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::PageResponse& response, model::Select select) {
  out.BeginObject();
  if (select != Select::kCount) {
    out.Key("Items").BeginArray();
    for (const model::Item& item : response.items) model::WriteItem(out, item);
    out.EndArray();
  }
  out.Key("Count").Int(response.count).Key("ScannedCount").Int(response.scanned_count);
  if (!response.last_evaluated_key.empty()) {
    out.Key("LastEvaluatedKey");
    model::WriteItem(out, response.last_evaluated_key);
  }
  WriteConsumedCapacity(out, response.consumed_capacity);
  out.EndObject();
}

model::DbStatus ReadResponse(json::Element body, model::PageResponse& out) {
  ResponseReader in(body);
  in.ForEach("Items", [&](json::Element each) { out.items.push_back(in.ReadItem(each)); });
  out.count = in.Int("Count");
  out.scanned_count = in.Int("ScannedCount");
  out.last_evaluated_key = in.Item("LastEvaluatedKey");
  out.consumed_capacity = ReadConsumedCapacity(in);
  return in.Finish();
}

}  // namespace cruddur::dynamo
