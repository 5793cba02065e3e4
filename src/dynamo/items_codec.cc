#include "dynamo/items_codec.h"

#include "dynamo/capacity_codec.h"
#include "dynamo/common_shapes.h"
#include "dynamo/expression_parameters.h"
#include "dynamo/legacy_parameters.h"
#include "dynamo/legacy_shapes.h"

namespace cruddur::dynamo {
namespace {

using model::ReturnConsumedCapacity;
using model::ReturnItemCollectionMetrics;
using model::ReturnValues;
using model::ReturnValuesOnFailure;

constexpr Member kGetItemMembers[] = {
    kReturnConsumedCapacityMember, kAttributesToGetMember,      kTableNameMember,       kKeyMember,
    {"ConsistentRead", &kTruth},   kProjectionExpressionMember, kExpressionNamesMember,
};
constexpr Shape kGetItem{
    .kind = ShapeKind::kStructure, .members = kGetItemMembers, .layer = Layer::kCurrent};

constexpr Member kPutItemMembers[] = {
    kReturnConsumedCapacityMember,
    kTableNameMember,
    {"Item", &kItemShape, true},
    kExpectedMember,
    kConditionalOperatorMember,
    {"ReturnValues", &kPutReturnValuesShape},
    kReturnItemCollectionMetricsMember,
    kReturnValuesOnFailureMember,
    kConditionExpressionMember,
    kExpressionNamesMember,
    kExpressionValuesMember,
};
constexpr Shape kPutItem{
    .kind = ShapeKind::kStructure, .members = kPutItemMembers, .layer = Layer::kEnveloped};

constexpr Member kDeleteItemMembers[] = {
    kReturnConsumedCapacityMember,
    kTableNameMember,
    kReturnValuesMember,
    kReturnItemCollectionMetricsMember,
    kReturnValuesOnFailureMember,
    kKeyMember,
    kExpectedMember,
    kConditionalOperatorMember,
    kConditionExpressionMember,
    kExpressionNamesMember,
    kExpressionValuesMember,
};
constexpr Shape kDeleteItem{
    .kind = ShapeKind::kStructure, .members = kDeleteItemMembers, .layer = Layer::kEnveloped};

constexpr Member kUpdateItemMembers[] = {
    kReturnConsumedCapacityMember,
    kTableNameMember,
    kReturnItemCollectionMetricsMember,
    kReturnValuesMember,
    kReturnValuesOnFailureMember,
    kAttributeUpdatesMember,
    kExpectedMember,
    kConditionalOperatorMember,
    kKeyMember,
    {"UpdateExpression", &kText, false, MemberRole::kExpression},
    kConditionExpressionMember,
    kExpressionNamesMember,
    kExpressionValuesMember,
};
constexpr Shape kUpdateItem{
    .kind = ShapeKind::kStructure, .members = kUpdateItemMembers, .layer = Layer::kEnveloped};

// Makes the condition of Expected.
template <const Shape& S, class Request>
void ReadExpectedParameter(const Fields<S>& fields, RequestIssues& issues,
                           expr::LegacyPlaceholders& placeholders, Request& out) {
  auto conditions = ReadExpected(fields.At("Expected"), issues);
  if (conditions.empty()) return;
  out.placeholders.legacy.others = true;
  out.condition_expression = expr::WriteConditions(
      std::move(conditions),
      fields.template Enum<expr::Junction>("ConditionalOperator", expr::Junction::kAnd),
      placeholders);
}

// What the engine checks too, for requests of which AWS tells it before what is wrong with
// Expected.
void CheckReturnValues(ReturnValues values, RequestIssues& issues) {
  if (values == ReturnValues::kNone || values == ReturnValues::kAllOld) return;
  issues.FailRule(CheckStage::kRules, "ReturnValues can only be ALL_OLD or NONE");
}
void CheckItemSize(const model::Item& item, RequestIssues& issues) {
  if (model::SizeInBytes(item) <= model::kMaxItemBytes) return;
  issues.Fail(CheckStage::kRules,
              {model::DbErrorCode::kValidation, "Item size has exceeded the maximum allowed size",
               nullptr, model::DbErrorReason::kItemSize});
}

// What PutItem, DeleteItem and UpdateItem have in common.
template <const Shape& S, class Request>
void ReadWriteParameters(const Fields<S>& fields, RequestIssues& issues, Request& out) {
  out.table = fields.String("TableName");
  out.condition_expression = fields.OptionalString("ConditionExpression");
  out.placeholders = ReadPlaceholders(fields, issues);
  out.return_values = fields.template Enum<ReturnValues>("ReturnValues", ReturnValues::kNone);
  out.on_condition_failure = fields.template Enum<ReturnValuesOnFailure>(
      "ReturnValuesOnConditionCheckFailure", ReturnValuesOnFailure::kNone);
  out.return_consumed_capacity = fields.template Enum<ReturnConsumedCapacity>(
      "ReturnConsumedCapacity", ReturnConsumedCapacity::kNone);
  out.return_metrics = fields.template Enum<ReturnItemCollectionMetrics>(
      "ReturnItemCollectionMetrics", ReturnItemCollectionMetrics::kNone);
}

// The older layer looks at what is to be returned first.
template <const Shape& S, class Request>
void ReadPutOrDeleteParameters(const Fields<S>& fields, RequestIssues& issues, Request& out) {
  if (!issues.current()) {
    CheckReturnValues(fields.template Enum<ReturnValues>("ReturnValues", ReturnValues::kNone),
                      issues);
  }
  ReadWriteParameters(fields, issues, out);
  if (fields.Has("Expected")) CheckReturnValues(out.return_values, issues);
}

template <class Request>
void WriteWriteParameters(json::Writer& out, const Request& request) {
  out.Key("TableName").String(request.table);
  if (request.condition_expression) {
    out.Key("ConditionExpression").String(*request.condition_expression);
  }
  WritePlaceholders(out, request.placeholders);
  if (request.return_values != ReturnValues::kNone) {
    out.Key("ReturnValues").String(NameIn(kReturnValuesValues, request.return_values));
  }
  if (request.on_condition_failure != ReturnValuesOnFailure::kNone) {
    out.Key("ReturnValuesOnConditionCheckFailure").String("ALL_OLD");
  }
  WriteReturnConsumedCapacity(out, request.return_consumed_capacity);
  WriteReturnItemCollectionMetrics(out, request.return_metrics);
}

}  // namespace

model::DbStatus ReadRequest(json::Element body, model::GetItemRequest& out) {
  return ReadBody<kGetItem>(body, [&](const Fields<kGetItem>& fields, RequestIssues& issues) {
    out.table = fields.String("TableName");
    out.key = fields.Item("Key", issues);
    auto attributes =
        ReadAttributesToGet(fields.At("AttributesToGet"), CheckStage::kValues, issues);
    out.consistent_read = fields.Bool("ConsistentRead");
    out.projection_expression = fields.OptionalString("ProjectionExpression");
    out.placeholders.names = ReadExpressionNames(fields.At("ExpressionAttributeNames"), issues);
    SetAttributesToGet(std::move(attributes), out);
    out.return_consumed_capacity = fields.Enum<ReturnConsumedCapacity>(
        "ReturnConsumedCapacity", ReturnConsumedCapacity::kNone);
  });
}

model::DbStatus ReadRequest(json::Element body, model::PutItemRequest& out) {
  return ReadBody<kPutItem>(body, [&](const Fields<kPutItem>& fields, RequestIssues& issues) {
    out.item = fields.Item("Item", issues);
    ReadPutOrDeleteParameters(fields, issues, out);
    if (!fields.Has("Expected")) return;
    CheckItemSize(out.item, issues);
    expr::LegacyPlaceholders placeholders(out.placeholders);
    ReadExpectedParameter(fields, issues, placeholders, out);
  });
}

model::DbStatus ReadRequest(json::Element body, model::DeleteItemRequest& out) {
  return ReadBody<kDeleteItem>(body, [&](const Fields<kDeleteItem>& fields, RequestIssues& issues) {
    out.key = fields.Item("Key", issues);
    ReadPutOrDeleteParameters(fields, issues, out);
    if (!fields.Has("Expected")) return;
    expr::LegacyPlaceholders placeholders(out.placeholders);
    ReadExpectedParameter(fields, issues, placeholders, out);
  });
}

model::DbStatus ReadRequest(json::Element body, model::UpdateItemRequest& out) {
  return ReadBody<kUpdateItem>(body, [&](const Fields<kUpdateItem>& fields, RequestIssues& issues) {
    out.key = fields.Item("Key", issues);
    out.update_expression = fields.OptionalString("UpdateExpression");
    ReadWriteParameters(fields, issues, out);
    if (!fields.Has("AttributeUpdates") && !fields.Has("Expected")) return;
    expr::LegacyPlaceholders placeholders(out.placeholders);
    auto updates = ReadAttributeUpdates(fields.At("AttributeUpdates"), issues);
    if (!updates.empty()) {
      out.placeholders.legacy.others = true;
      out.update_expression = expr::WriteUpdates(std::move(updates), placeholders);
    }
    ReadExpectedParameter(fields, issues, placeholders, out);
  });
}

void WriteRequest(json::Writer& out, const model::GetItemRequest& request) {
  out.BeginObject().Key("TableName").String(request.table).Key("Key");
  model::WriteItem(out, request.key);
  if (request.consistent_read) out.Key("ConsistentRead").Bool(true);
  if (request.projection_expression) {
    out.Key("ProjectionExpression").String(*request.projection_expression);
  }
  WritePlaceholders(out, request.placeholders);
  WriteReturnConsumedCapacity(out, request.return_consumed_capacity);
  out.EndObject();
}

void WriteRequest(json::Writer& out, const model::PutItemRequest& request) {
  out.BeginObject().Key("Item");
  model::WriteItem(out, request.item);
  WriteWriteParameters(out, request);
  out.EndObject();
}

void WriteRequest(json::Writer& out, const model::DeleteItemRequest& request) {
  out.BeginObject().Key("Key");
  model::WriteItem(out, request.key);
  WriteWriteParameters(out, request);
  out.EndObject();
}

void WriteRequest(json::Writer& out, const model::UpdateItemRequest& request) {
  out.BeginObject().Key("Key");
  model::WriteItem(out, request.key);
  if (request.update_expression) out.Key("UpdateExpression").String(*request.update_expression);
  WriteWriteParameters(out, request);
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::GetItemResponse& response) {
  out.BeginObject();
  if (response.item) {
    out.Key("Item");
    model::WriteItem(out, *response.item);
  }
  WriteConsumedCapacity(out, response.consumed_capacity);
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::WriteItemResponse& response) {
  out.BeginObject();
  if (response.attributes) {
    out.Key("Attributes");
    model::WriteItem(out, *response.attributes);
  }
  WriteConsumedCapacity(out, response.consumed_capacity);
  WriteItemCollectionMetrics(out, response.item_collection_metrics);
  out.EndObject();
}

model::DbStatus ReadResponse(json::Element body, model::GetItemResponse& out) {
  ResponseReader in(body);
  out.item = in.OptionalItem("Item");
  out.consumed_capacity = ReadConsumedCapacity(in);
  return in.Finish();
}

model::DbStatus ReadResponse(json::Element body, model::WriteItemResponse& out) {
  ResponseReader in(body);
  out.attributes = in.OptionalItem("Attributes");
  out.consumed_capacity = ReadConsumedCapacity(in);
  out.item_collection_metrics = ReadItemCollectionMetrics(in);
  return in.Finish();
}

}  // namespace cruddur::dynamo
