#include "dynamo/partiql_codec.h"

#include "dynamo/capacity_codec.h"
#include "dynamo/common_shapes.h"
#include "dynamo/error_codec.h"
#include "dynamo/expression_parameters.h"

namespace cruddur::dynamo {
namespace {

using model::ParameterizedStatement;
using model::ReturnConsumedCapacity;
using model::ReturnValuesOnFailure;

constexpr Shape kStatement{.kind = ShapeKind::kString, .min = 1, .max = 8192};
constexpr Shape kParameters{.kind = ShapeKind::kList, .min = 1, .element = &kAny};
constexpr Shape kNextToken{.kind = ShapeKind::kString, .min = 1, .max = 32768};
constexpr Member kExecuteStatementMembers[] = {
    {"Statement", &kStatement, true}, {"Parameters", &kParameters},  {"ConsistentRead", &kTruth},
    {"NextToken", &kNextToken},       kReturnConsumedCapacityMember, {"Limit", &kLimit},
    kReturnValuesOnFailureMember,
};
constexpr Shape kExecuteStatement{.kind = ShapeKind::kStructure,
                                  .members = kExecuteStatementMembers};

constexpr Member kBatchStatementMembers[] = {
    {"Statement", &kStatement, true},
    {"Parameters", &kParameters},
    {"ConsistentRead", &kTruth},
    kReturnValuesOnFailureMember,
};
constexpr Shape kBatchStatement{.kind = ShapeKind::kStructure,
                                .type = "BatchStatementRequest",
                                .members = kBatchStatementMembers};
constexpr Shape kBatchStatements{
    .kind = ShapeKind::kList, .min = 1, .max = 25, .element = &kBatchStatement};
constexpr Member kBatchMembers[] = {
    {"Statements", &kBatchStatements, true},
    kReturnConsumedCapacityMember,
};
constexpr Shape kBatch{.kind = ShapeKind::kStructure, .members = kBatchMembers};

constexpr Member kTransactStatementMembers[] = {
    {"Statement", &kStatement, true},
    {"Parameters", &kParameters},
    kReturnValuesOnFailureMember,
};
constexpr Shape kTransactStatement{.kind = ShapeKind::kStructure,
                                   .type = "ParameterizedStatement",
                                   .members = kTransactStatementMembers};
constexpr Shape kTransactStatements{
    .kind = ShapeKind::kList, .min = 1, .max = 100, .element = &kTransactStatement};
constexpr Shape kClientRequestToken{.kind = ShapeKind::kString, .min = 1, .max = 36};
constexpr Member kTransactionMembers[] = {
    {"TransactStatements", &kTransactStatements, true},
    {"ClientRequestToken", &kClientRequestToken},
    kReturnConsumedCapacityMember,
};
constexpr Shape kTransaction{.kind = ShapeKind::kStructure, .members = kTransactionMembers};

// A parameter of a wrong JSON type fails the request; a wrong value the statement.
template <const Shape& S>
ParameterizedStatement ReadStatement(const Fields<S>& fields, RequestIssues& issues) {
  ParameterizedStatement out;
  out.statement = fields.String("Statement");
  fields.ForEach("Parameters", [&](json::Element each) {
    auto value = model::ReadAttributeValue(each);
    if (value) {
      out.parameters.push_back(*std::move(value));
    } else if (value.error().code == model::DbErrorCode::kSerialization) {
      issues.Fail(CheckStage::kTypes, std::move(value).error());
    } else if (!out.broken_parameter) {
      out.broken_parameter = std::move(value).error();
    }
  });
  out.on_condition_failure = fields.template Enum<ReturnValuesOnFailure>(
      "ReturnValuesOnConditionCheckFailure", ReturnValuesOnFailure::kNone);
  return out;
}

std::string_view CodeOf(model::DbErrorCode code) {
  using enum model::DbErrorCode;
  switch (code) {
    case kValidation:
      return "ValidationError";
    case kConditionalCheckFailed:
      return "ConditionalCheckFailed";
    case kDuplicateItem:
      return "DuplicateItem";
    case kResourceNotFound:
      return "ResourceNotFound";
    case kTransactionConflict:
      return "TransactionConflict";
    case kItemCollectionSizeLimitExceeded:
      return "ItemCollectionSizeLimitExceeded";
    case kProvisionedThroughputExceeded:
      return "ProvisionedThroughputExceeded";
    case kRequestLimitExceeded:
      return "RequestLimitExceeded";
    case kThrottling:
      return "ThrottlingError";
    case kAccessDenied:
      return "AccessDenied";
    default:
      return "InternalServerError";
  }
}

void WriteError(json::Writer& out, const model::DbError& error) {
  out.Key("Error").BeginObject().Key("Code").String(CodeOf(error.code));
  out.Key("Message").String(PublicMessage(error));
  out.EndObject();
}

}  // namespace

model::DbStatus ReadRequest(json::Element body, model::ExecuteStatementRequest& out) {
  return ReadBody<kExecuteStatement>(
      body, [&](const Fields<kExecuteStatement>& fields, RequestIssues& issues) {
        out.statement = ReadStatement(fields, issues);
        out.statement.consistent_read = fields.Bool("ConsistentRead");
        out.next_token = fields.String("NextToken");
        out.limit = fields.Int("Limit");
        out.return_consumed_capacity = fields.Enum<ReturnConsumedCapacity>(
            "ReturnConsumedCapacity", ReturnConsumedCapacity::kNone);
      });
}

model::DbStatus ReadRequest(json::Element body, model::BatchExecuteStatementRequest& out) {
  return ReadBody<kBatch>(body, [&](const Fields<kBatch>& fields, RequestIssues& issues) {
    out.return_consumed_capacity = fields.Enum<ReturnConsumedCapacity>(
        "ReturnConsumedCapacity", ReturnConsumedCapacity::kNone);
    fields.ForEach("Statements", [&](json::Element each) {
      if (!each.is_object()) return;
      const Fields<kBatchStatement> inner(each);
      out.statements.push_back(ReadStatement(inner, issues));
      out.statements.back().consistent_read = inner.Bool("ConsistentRead");
    });
  });
}

model::DbStatus ReadRequest(json::Element body, model::ExecuteTransactionRequest& out) {
  return ReadBody<kTransaction>(
      body, [&](const Fields<kTransaction>& fields, RequestIssues& issues) {
        out.client_request_token = fields.String("ClientRequestToken");
        out.return_consumed_capacity = fields.Enum<ReturnConsumedCapacity>(
            "ReturnConsumedCapacity", ReturnConsumedCapacity::kNone);
        fields.ForEach("TransactStatements", [&](json::Element each) {
          if (!each.is_object()) return;
          out.statements.push_back(ReadStatement(Fields<kTransactStatement>(each), issues));
        });
      });
}

void WriteResponse(json::Writer& out, const model::ExecuteStatementResponse& response) {
  out.BeginObject().Key("Items").BeginArray();
  for (const model::Item& item : response.items) model::WriteItem(out, item);
  out.EndArray();
  if (!response.next_token.empty()) out.Key("NextToken").String(response.next_token);
  if (!response.last_evaluated_key.empty()) {
    out.Key("LastEvaluatedKey");
    model::WriteItem(out, response.last_evaluated_key);
  }
  WriteConsumedCapacity(out, response.consumed_capacity);
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::BatchExecuteStatementResponse& response) {
  out.BeginObject().Key("Responses").BeginArray();
  for (const model::BatchStatementResponse& each : response.responses) {
    out.BeginObject();
    if (each.error) WriteError(out, *each.error);
    if (!each.table.empty()) out.Key("TableName").String(each.table);
    if (each.item) {
      out.Key("Item");
      model::WriteItem(out, *each.item);
    }
    out.EndObject();
  }
  out.EndArray();
  WriteConsumedCapacity(out, response.consumed_capacity);
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::ExecuteTransactionResponse& response) {
  out.BeginObject().Key("Responses").BeginArray();
  for (const auto& item : response.items) {
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

}  // namespace cruddur::dynamo
