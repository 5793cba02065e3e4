#include "dynamo/transactions_codec.h"

#include "dynamo/capacity_codec.h"
#include "dynamo/common_shapes.h"
#include "dynamo/expression_parameters.h"

namespace cruddur::dynamo {
namespace {

using model::ReturnConsumedCapacity;
using model::ReturnItemCollectionMetrics;
using model::ReturnValuesOnFailure;

constexpr Member kGetMembers[] = {
    kKeyMember,
    kTableNameMember,
    kProjectionExpressionMember,
    kExpressionNamesMember,
};
constexpr Shape kGet{.kind = ShapeKind::kStructure, .type = "Get", .members = kGetMembers};
constexpr Member kTransactGetItemMembers[] = {{"Get", &kGet, true}};
constexpr Shape kTransactGetItem{
    .kind = ShapeKind::kStructure, .type = "TransactGetItem", .members = kTransactGetItemMembers};
constexpr Shape kTransactGetList{
    .kind = ShapeKind::kList, .min = 1, .max = 100, .element = &kTransactGetItem};
constexpr Member kTransactGetMembers[] = {
    kReturnConsumedCapacityMember,
    {"TransactItems", &kTransactGetList, true},
};
constexpr Shape kTransactGet{.kind = ShapeKind::kStructure, .members = kTransactGetMembers};

constexpr Member kConditionCheckMembers[] = {
    kKeyMember,
    kTableNameMember,
    {"ConditionExpression", &kText, true, MemberRole::kExpression},
    kExpressionNamesMember,
    kExpressionValuesMember,
    kReturnValuesOnFailureMember,
};
constexpr Shape kConditionCheck{
    .kind = ShapeKind::kStructure, .type = "ConditionCheck", .members = kConditionCheckMembers};
constexpr Member kPutMembers[] = {
    {"Item", &kItemShape, true}, kTableNameMember,        kConditionExpressionMember,
    kExpressionNamesMember,      kExpressionValuesMember, kReturnValuesOnFailureMember,
};
constexpr Shape kPut{.kind = ShapeKind::kStructure, .type = "Put", .members = kPutMembers};
constexpr Member kDeleteMembers[] = {
    kKeyMember,
    kTableNameMember,
    kConditionExpressionMember,
    kExpressionNamesMember,
    kExpressionValuesMember,
    kReturnValuesOnFailureMember,
};
constexpr Shape kDelete{.kind = ShapeKind::kStructure, .type = "Delete", .members = kDeleteMembers};
constexpr Member kUpdateMembers[] = {
    kKeyMember,
    {"UpdateExpression", &kText, true, MemberRole::kExpression},
    kTableNameMember,
    kConditionExpressionMember,
    kExpressionNamesMember,
    kExpressionValuesMember,
    kReturnValuesOnFailureMember,
};
constexpr Shape kUpdate{.kind = ShapeKind::kStructure, .type = "Update", .members = kUpdateMembers};
constexpr Member kTransactWriteItemMembers[] = {
    {"ConditionCheck", &kConditionCheck},
    {"Put", &kPut},
    {"Delete", &kDelete},
    {"Update", &kUpdate},
};
constexpr Shape kTransactWriteItem{.kind = ShapeKind::kStructure,
                                   .type = "TransactWriteItem",
                                   .members = kTransactWriteItemMembers};
constexpr Shape kTransactWriteList{
    .kind = ShapeKind::kList, .min = 1, .max = 100, .element = &kTransactWriteItem};
constexpr Shape kClientRequestToken{.kind = ShapeKind::kString, .min = 1, .max = 36};
constexpr Member kTransactWriteMembers[] = {
    {"ClientRequestToken", &kClientRequestToken},
    kReturnConsumedCapacityMember,
    kReturnItemCollectionMetricsMember,
    {"TransactItems", &kTransactWriteList, true},
};
constexpr Shape kTransactWrite{.kind = ShapeKind::kStructure, .members = kTransactWriteMembers};

// What is wrong with one action, apart from JSON types and single members.
struct ActionIssues {
  RequestIssues parameters;  // placeholders, and what concerns several members together
  RequestIssues item;        // the item or key
};

// Notes JSON types among the request's issues, and the first of the others.
void Collect(const ActionIssues& action, RequestIssues& issues,
             model::TransactWriteItemsRequest& out) {
  for (const RequestIssues* each : {&action.parameters, &action.item}) {
    model::DbStatus status = each->Finish();
    if (status) continue;
    if (each->types_failed()) {
      issues.Fail(CheckStage::kTypes, std::move(status).error());
    } else if (!out.broken) {
      out.broken = model::BrokenTransactWrite{.item = out.items.size() - 1,
                                              .behind_expressions = each == &action.item,
                                              .error = std::move(status).error()};
    }
  }
}

template <const Shape& S, class Action>
Action ReadAction(json::Element value, ActionIssues& issues) {
  Fields<S> fields(value);
  CheckMixing(fields.index(), S, issues.parameters);
  Action out;
  out.table = fields.String("TableName");
  out.placeholders = ReadPlaceholders(fields, issues.parameters);
  out.on_condition_failure = fields.template Enum<ReturnValuesOnFailure>(
      "ReturnValuesOnConditionCheckFailure", ReturnValuesOnFailure::kNone);
  if constexpr (std::is_same_v<Action, model::ConditionCheck>) {
    out.condition_expression = fields.String("ConditionExpression");
  } else {
    out.condition_expression = fields.OptionalString("ConditionExpression");
  }
  if constexpr (std::is_same_v<Action, model::PutItemRequest>) {
    out.item = fields.Item("Item", issues.item);
  } else {
    out.key = fields.Item("Key", issues.item);
  }
  if constexpr (std::is_same_v<Action, model::UpdateItemRequest>) {
    out.update_expression = fields.OptionalString("UpdateExpression");
  }
  return out;
}

model::TransactWrite ReadTransactWrite(json::Element value, ActionIssues& issues) {
  Fields<kTransactWriteItem> fields(value);
  const json::Element* check = fields.At("ConditionCheck");
  const json::Element* put = fields.At("Put");
  const json::Element* remove = fields.At("Delete");
  const json::Element* update = fields.At("Update");
  if (!!check + !!put + !!remove + !!update != 1) {
    issues.parameters.FailRule(
        CheckStage::kRules, "TransactItems can only contain one of Check, Put, Update or Delete");
  }
  if (check) return ReadAction<kConditionCheck, model::ConditionCheck>(*check, issues);
  if (put) return ReadAction<kPut, model::PutItemRequest>(*put, issues);
  if (remove) return ReadAction<kDelete, model::DeleteItemRequest>(*remove, issues);
  if (update) return ReadAction<kUpdate, model::UpdateItemRequest>(*update, issues);
  return {};
}

void WriteActionParameters(json::Writer& out, const std::string& table,
                           const model::Placeholders& placeholders,
                           ReturnValuesOnFailure on_failure) {
  out.Key("TableName").String(table);
  WritePlaceholders(out, placeholders);
  if (on_failure != ReturnValuesOnFailure::kNone) {
    out.Key("ReturnValuesOnConditionCheckFailure").String("ALL_OLD");
  }
  out.EndObject().EndObject();
}

void WriteAction(json::Writer& out, const model::ConditionCheck& action) {
  out.BeginObject().Key("ConditionCheck").BeginObject().Key("Key");
  model::WriteItem(out, action.key);
  out.Key("ConditionExpression").String(action.condition_expression);
  WriteActionParameters(out, action.table, action.placeholders, action.on_condition_failure);
}

template <class Action>
void WriteAction(json::Writer& out, const Action& action) {
  if constexpr (std::is_same_v<Action, model::PutItemRequest>) {
    out.BeginObject().Key("Put").BeginObject().Key("Item");
    model::WriteItem(out, action.item);
  } else {
    constexpr bool kIsDelete = std::is_same_v<Action, model::DeleteItemRequest>;
    out.BeginObject().Key(kIsDelete ? "Delete" : "Update").BeginObject().Key("Key");
    model::WriteItem(out, action.key);
  }
  if constexpr (std::is_same_v<Action, model::UpdateItemRequest>) {
    if (action.update_expression) out.Key("UpdateExpression").String(*action.update_expression);
  }
  if (action.condition_expression) {
    out.Key("ConditionExpression").String(*action.condition_expression);
  }
  WriteActionParameters(out, action.table, action.placeholders, action.on_condition_failure);
}

}  // namespace

model::DbStatus ReadRequest(json::Element body, model::TransactGetItemsRequest& out) {
  return ReadBody<kTransactGet>(
      body, [&](const Fields<kTransactGet>& fields, RequestIssues& issues) {
        out.return_consumed_capacity = fields.Enum<ReturnConsumedCapacity>(
            "ReturnConsumedCapacity", ReturnConsumedCapacity::kNone);
        fields.ForEach("TransactItems", [&](json::Element each) {
          model::TransactGet& get = out.items.emplace_back();
          if (!each.is_object()) return;
          Fields<kTransactGetItem> item(each);
          if (!item.Has("Get")) return;
          Fields<kGet> inner(*item.At("Get"));
          CheckMixing(inner.index(), kGet, issues);
          get.table = inner.String("TableName");
          get.key = inner.Item("Key", issues);
          get.projection_expression = inner.OptionalString("ProjectionExpression");
          get.names = ReadExpressionNames(inner.At("ExpressionAttributeNames"), issues);
        });
      });
}

model::DbStatus ReadRequest(json::Element body, model::TransactWriteItemsRequest& out) {
  return ReadBody<kTransactWrite>(
      body, [&](const Fields<kTransactWrite>& fields, RequestIssues& issues) {
        out.client_request_token = fields.String("ClientRequestToken");
        out.return_consumed_capacity = fields.Enum<ReturnConsumedCapacity>(
            "ReturnConsumedCapacity", ReturnConsumedCapacity::kNone);
        out.return_metrics = fields.Enum<ReturnItemCollectionMetrics>(
            "ReturnItemCollectionMetrics", ReturnItemCollectionMetrics::kNone);
        fields.ForEach("TransactItems", [&](json::Element each) {
          if (!each.is_object()) return;
          ActionIssues action;
          out.items.push_back(ReadTransactWrite(each, action));
          Collect(action, issues, out);
        });
      });
}

void WriteRequest(json::Writer& out, const model::TransactGetItemsRequest& request) {
  out.BeginObject().Key("TransactItems").BeginArray();
  for (const model::TransactGet& get : request.items) {
    out.BeginObject().Key("Get").BeginObject().Key("TableName").String(get.table).Key("Key");
    model::WriteItem(out, get.key);
    if (get.projection_expression) {
      out.Key("ProjectionExpression").String(*get.projection_expression);
    }
    WriteExpressionNames(out, get.names);
    out.EndObject().EndObject();
  }
  out.EndArray();
  WriteReturnConsumedCapacity(out, request.return_consumed_capacity);
  out.EndObject();
}

void WriteRequest(json::Writer& out, const model::TransactWriteItemsRequest& request) {
  out.BeginObject().Key("TransactItems").BeginArray();
  for (const model::TransactWrite& each : request.items) {
    std::visit([&](const auto& action) { WriteAction(out, action); }, each);
  }
  out.EndArray();
  if (!request.client_request_token.empty()) {
    out.Key("ClientRequestToken").String(request.client_request_token);
  }
  WriteReturnConsumedCapacity(out, request.return_consumed_capacity);
  WriteReturnItemCollectionMetrics(out, request.return_metrics);
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::TransactGetItemsResponse& response) {
  out.BeginObject().Key("Responses").BeginArray();
  for (const std::optional<model::Item>& item : response.items) {
    out.BeginObject();
    if (item) {
      out.Key("Item");
      model::WriteItem(out, *item);
    }
    out.EndObject();
  }
  out.EndArray();
  WriteConsumedCapacity(out, response.consumed_capacity);
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::TransactWriteItemsResponse& response) {
  out.BeginObject();
  WriteItemCollectionMetrics(out, response.item_collection_metrics);
  WriteConsumedCapacity(out, response.consumed_capacity);
  out.EndObject();
}

model::DbStatus ReadResponse(json::Element body, model::TransactGetItemsResponse& out) {
  ResponseReader in(body);
  in.ForEach("Responses", [&](json::Element each) {
    ResponseReader inner(each);
    out.items.push_back(inner.OptionalItem("Item"));
    in.Join(inner);
  });
  out.consumed_capacity = ReadConsumedCapacities(in);
  return in.Finish();
}

model::DbStatus ReadResponse(json::Element body, model::TransactWriteItemsResponse& out) {
  ResponseReader in(body);
  out.item_collection_metrics = ReadTableMetrics(in);
  out.consumed_capacity = ReadConsumedCapacities(in);
  return in.Finish();
}

}  // namespace cruddur::dynamo
