#include "dynamo/batches_codec.h"

#include <fmt/format.h>

#include "dynamo/capacity_codec.h"
#include "dynamo/common_shapes.h"
#include "dynamo/expression_parameters.h"
#include "dynamo/legacy_parameters.h"
#include "dynamo/legacy_shapes.h"

namespace cruddur::dynamo {
namespace {

using model::ReturnConsumedCapacity;
using model::ReturnItemCollectionMetrics;

constexpr size_t kMaxKeys = 100;  // of one table
constexpr Shape kKeys{.kind = ShapeKind::kList, .element = &kItemShape};
constexpr Member kKeysAndAttributesMembers[] = {
    {"Keys", &kKeys, true},      kAttributesToGetMember, {"ConsistentRead", &kTruth},
    kProjectionExpressionMember, kExpressionNamesMember,
};
constexpr Shape kKeysAndAttributes{.kind = ShapeKind::kStructure,
                                   .type = "KeysAndAttributes",
                                   .members = kKeysAndAttributesMembers};
constexpr Shape kBatchGetMap{.kind = ShapeKind::kMap,
                             .type = "KeysAndAttributes",
                             .max = 100,
                             .key = &kResourceName,
                             .element = &kKeysAndAttributes};
constexpr Member kBatchGetItemMembers[] = {
    {"RequestItems", &kBatchGetMap, true},
    kReturnConsumedCapacityMember,
};
constexpr Shape kBatchGetItem{
    .kind = ShapeKind::kStructure, .members = kBatchGetItemMembers, .layer = Layer::kCurrent};

constexpr Member kDeleteRequestMembers[] = {kKeyMember};
constexpr Shape kDeleteRequest{
    .kind = ShapeKind::kStructure, .type = "DeleteRequest", .members = kDeleteRequestMembers};
// No client knows the second member: it is there when AWS prints the structure.
constexpr Member kPutRequestMembers[] = {{"Item", &kItemShape, true},
                                         {"WorkloadProfileName", &kAny}};
constexpr Shape kPutRequest{
    .kind = ShapeKind::kStructure, .type = "PutRequest", .members = kPutRequestMembers};
constexpr Member kWriteRequestMembers[] = {{"PutRequest", &kPutRequest},
                                           {"DeleteRequest", &kDeleteRequest}};
constexpr Shape kWriteRequest{
    .kind = ShapeKind::kStructure, .type = "WriteRequest", .members = kWriteRequestMembers};
constexpr Shape kWriteRequests{
    .kind = ShapeKind::kList, .min = 1, .max = 25, .element = &kWriteRequest};
constexpr Shape kBatchWriteMap{
    .kind = ShapeKind::kMap,
    .type = "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>",
    .max = 25,
    .key = &kResourceName,
    .element = &kWriteRequests};
constexpr Member kBatchWriteItemMembers[] = {
    kReturnConsumedCapacityMember,
    kReturnItemCollectionMetricsMember,
    {"RequestItems", &kBatchWriteMap, true},
};
constexpr Shape kBatchWriteItem{.kind = ShapeKind::kStructure, .members = kBatchWriteItemMembers};

// AWS looks at this first, and has a sentence for it.
void CheckRequestItems(const json::Element* items, std::string_view sentence,
                       RequestIssues& issues) {
  if (items != nullptr && items->is_object() && items->get_object().value_unsafe().size() > 0) {
    return;
  }
  issues.FailRule(CheckStage::kTableName, std::string(sentence));
}

// Expressions for one table and AttributesToGet for another don't go together either.
void CheckTablesMixing(const Fields<kBatchGetItem>& fields, RequestIssues& issues) {
  bool legacy = false, expressions = false;
  fields.ForEachPair("RequestItems", [&](std::string_view, json::Element value) {
    if (!value.is_object()) return;
    const Fields<kKeysAndAttributes> table(value);
    legacy = legacy || table.Has("AttributesToGet");
    expressions = expressions || table.Has("ProjectionExpression");
  });
  if (!legacy || !expressions) return;
  issues.FailRule(CheckStage::kMixing,
                  "Can not use both expression and non-expression parameters in the same request: "
                  "Non-expression parameters: {AttributesToGet} Expression parameters: "
                  "{ProjectionExpression}");
}

// Unlike other constraints this one doesn't show the value, and stands alone.
void CheckKeyCount(std::string_view table, size_t count, RequestIssues& issues) {
  if (count >= 1 && count <= kMaxKeys) return;
  issues.FailRule(
      CheckStage::kMembers,
      fmt::format("1 validation error detected: Value at 'RequestItems.{}.member.Keys' failed to "
                  "satisfy constraint: Member must have length {} than or equal to {}",
                  table, count == 0 ? "greater" : "less", count == 0 ? 1 : kMaxKeys));
}

model::KeysAndAttributes ReadKeysAndAttributes(std::string_view table, json::Element value,
                                               RequestIssues& issues) {
  model::KeysAndAttributes out;
  if (!value.is_object()) return out;
  Fields<kKeysAndAttributes> fields(value);
  CheckMixing(fields.index(), kKeysAndAttributes, issues);
  out.consistent_read = fields.Bool("ConsistentRead");
  out.projection_expression = fields.OptionalString("ProjectionExpression");
  auto attributes = ReadAttributesToGet(fields.At("AttributesToGet"), CheckStage::kValues, issues);
  out.names = ReadExpressionNames(fields.At("ExpressionAttributeNames"), issues);
  SetAttributesToGet(std::move(attributes), out);
  if (const json::Element* keys = fields.At("Keys"); keys && keys->is_array()) {
    CheckKeyCount(table, keys->get_array().value_unsafe().size(), issues);
  }
  fields.ForEach("Keys", [&](json::Element key) {
    if (key.is_object()) out.keys.push_back(ReadItemMember(key, issues));
  });
  return out;
}

model::BatchWrite ReadBatchWrite(json::Element value, RequestIssues& issues) {
  Fields<kWriteRequest> fields(value);
  const json::Element* put = fields.At("PutRequest");
  const json::Element* remove = fields.At("DeleteRequest");
  if ((put != nullptr) == (remove != nullptr)) {
    // AWS's words, though it isn't an AttributeValue that is wrong.
    issues.FailRule(CheckStage::kValues,
                    "Supplied AttributeValue has more than one datatypes set, must contain exactly "
                    "one of the supported datatypes");
  }
  if (put) return {true, Fields<kPutRequest>(*put).Item("Item", issues)};
  if (remove) return {false, Fields<kDeleteRequest>(*remove).Item("Key", issues)};
  return {};
}

void WriteKeysAndAttributes(json::Writer& out, const model::KeysAndAttributes& value) {
  out.BeginObject().Key("Keys").BeginArray();
  for (const model::Item& key : value.keys) model::WriteItem(out, key);
  out.EndArray();
  if (value.consistent_read) out.Key("ConsistentRead").Bool(true);
  if (value.legacy) {
    out.Key("AttributesToGet").BeginArray();
    for (const auto& [placeholder, attribute] : value.names) out.String(attribute);
    out.EndArray();
  } else {
    if (value.projection_expression) {
      out.Key("ProjectionExpression").String(*value.projection_expression);
    }
    WriteExpressionNames(out, value.names);
  }
  out.EndObject();
}

void WriteKeyTables(json::Writer& out,
                    const std::vector<std::pair<std::string, model::KeysAndAttributes>>& tables) {
  out.BeginObject();
  for (const auto& [table, keys] : tables) {
    out.EscapedKey(table);
    WriteKeysAndAttributes(out, keys);
  }
  out.EndObject();
}

void WriteWriteTables(
    json::Writer& out,
    const std::vector<std::pair<std::string, std::vector<model::BatchWrite>>>& tables) {
  out.BeginObject();
  for (const auto& [table, writes] : tables) {
    out.EscapedKey(table).BeginArray();
    for (const model::BatchWrite& write : writes) {
      out.BeginObject().Key(write.put ? "PutRequest" : "DeleteRequest").BeginObject();
      out.Key(write.put ? "Item" : "Key");
      model::WriteItem(out, write.item);
      out.EndObject().EndObject();
    }
    out.EndArray();
  }
  out.EndObject();
}

}  // namespace

model::DbStatus ReadRequest(json::Element body, model::BatchGetItemRequest& out) {
  return ReadBody<kBatchGetItem>(body, [&](const Fields<kBatchGetItem>& fields,
                                           RequestIssues& issues) {
    out.return_consumed_capacity = fields.Enum<ReturnConsumedCapacity>(
        "ReturnConsumedCapacity", ReturnConsumedCapacity::kNone);
    CheckRequestItems(
        fields.At("RequestItems"),
        issues.current() ? "1 validation error detected: Value at 'RequestItems' failed to satisfy "
                           "constraint: Member must have length greater than or equal to 1"
                         : "The requestItems parameter is required for BatchGetItem",
        issues);
    CheckTablesMixing(fields, issues);
    fields.ForEachPair("RequestItems", [&](std::string_view table, json::Element value) {
      out.tables.emplace_back(table, ReadKeysAndAttributes(table, value, issues));
    });
  });
}

model::DbStatus ReadRequest(json::Element body, model::BatchWriteItemRequest& out) {
  return ReadBody<kBatchWriteItem>(
      body, [&](const Fields<kBatchWriteItem>& fields, RequestIssues& issues) {
        out.return_consumed_capacity = fields.Enum<ReturnConsumedCapacity>(
            "ReturnConsumedCapacity", ReturnConsumedCapacity::kNone);
        out.return_metrics = fields.Enum<ReturnItemCollectionMetrics>(
            "ReturnItemCollectionMetrics", ReturnItemCollectionMetrics::kNone);
        CheckRequestItems(fields.At("RequestItems"),
                          "The requestItems parameter is required for BatchWriteItem", issues);
        fields.ForEachPair("RequestItems", [&](std::string_view table, json::Element value) {
          auto& writes = out.tables.emplace_back(table, std::vector<model::BatchWrite>()).second;
          if (!value.is_array()) return;
          for (json::Element each : value.get_array().value_unsafe()) {
            if (each.is_object()) writes.push_back(ReadBatchWrite(each, issues));
          }
        });
      });
}

void WriteRequest(json::Writer& out, const model::BatchGetItemRequest& request) {
  out.BeginObject().Key("RequestItems");
  WriteKeyTables(out, request.tables);
  WriteReturnConsumedCapacity(out, request.return_consumed_capacity);
  out.EndObject();
}

void WriteRequest(json::Writer& out, const model::BatchWriteItemRequest& request) {
  out.BeginObject().Key("RequestItems");
  WriteWriteTables(out, request.tables);
  WriteReturnConsumedCapacity(out, request.return_consumed_capacity);
  WriteReturnItemCollectionMetrics(out, request.return_metrics);
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::BatchGetItemResponse& response) {
  out.BeginObject().Key("Responses").BeginObject();
  for (const auto& [table, items] : response.items) {
    out.EscapedKey(table).BeginArray();
    for (const model::Item& item : items) model::WriteItem(out, item);
    out.EndArray();
  }
  out.EndObject().Key("UnprocessedKeys");
  WriteKeyTables(out, response.unprocessed);
  WriteConsumedCapacity(out, response.consumed_capacity);
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::BatchWriteItemResponse& response) {
  out.BeginObject().Key("UnprocessedItems");
  WriteWriteTables(out, response.unprocessed);
  WriteItemCollectionMetrics(out, response.item_collection_metrics);
  WriteConsumedCapacity(out, response.consumed_capacity);
  out.EndObject();
}

// What a store sends back unprocessed has the request's form and is read with its code.
model::DbStatus ReadResponse(json::Element body, model::BatchGetItemResponse& out) {
  ResponseReader in(body);
  RequestIssues issues;
  in.ForEachPair("Responses", [&](std::string_view table, json::Element list) {
    auto& items = out.items.emplace_back(table, std::vector<model::Item>()).second;
    if (!list.is_array()) return in.MarkBroken();
    for (json::Element each : list.get_array().value_unsafe()) items.push_back(in.ReadItem(each));
  });
  in.ForEachPair("UnprocessedKeys", [&](std::string_view table, json::Element value) {
    out.unprocessed.emplace_back(table, ReadKeysAndAttributes(table, value, issues));
  });
  out.consumed_capacity = ReadConsumedCapacities(in);
  if (!issues.Clean()) in.MarkBroken();
  return in.Finish();
}

model::DbStatus ReadResponse(json::Element body, model::BatchWriteItemResponse& out) {
  ResponseReader in(body);
  RequestIssues issues;
  in.ForEachPair("UnprocessedItems", [&](std::string_view table, json::Element list) {
    auto& writes = out.unprocessed.emplace_back(table, std::vector<model::BatchWrite>()).second;
    if (!list.is_array()) return in.MarkBroken();
    for (json::Element each : list.get_array().value_unsafe()) {
      if (!each.is_object()) return in.MarkBroken();
      writes.push_back(ReadBatchWrite(each, issues));
    }
  });
  out.item_collection_metrics = ReadTableMetrics(in);
  out.consumed_capacity = ReadConsumedCapacities(in);
  if (!issues.Clean()) in.MarkBroken();
  return in.Finish();
}

}  // namespace cruddur::dynamo
