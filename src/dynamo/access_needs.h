// What a decoded request is going to do with which resources: what policies decide on. Made only
// where requests are checked against policies. Refers to the request.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/account_codec.h"
#include "dynamo/tables_codec.h"
#include "expr/syntax.h"
#include "model/partiql_operations.h"
#include "model/table_operations.h"
#include "model/table_settings.h"

namespace cruddur::dynamo {

// One action on one resource, and what conditions may ask of it.
struct AccessNeed {
  std::string_view action;     // "PutItem"
  std::string_view enclosing;  // the operation that carries it, where that is another
  // An ARN's last part: "table/abc", "table/abc/index/x", "table/abc/stream/…", "table/*"; "*".
  std::string resource;
  std::string table, index;  // by name, where it is about items

  struct Expression {
    expr::Grammar grammar;
    std::string_view text;
    expr::Origin origin = expr::Origin::kExpression;
  };
  std::vector<const model::Item*> items;  // items and keys that the request names
  std::vector<Expression> expressions;
  const model::ExpressionNames* names = nullptr;  // of the expressions
  std::vector<std::string_view> attributes;       // that it names otherwise
  // Of a Query: the values of the partition key attributes. Nothing if the engine will refuse it.
  std::function<std::vector<model::AttributeValue>(const model::KeySchema&)> partition;
  // Of a PartiQL SELECT: whether it has to look at every item.
  std::function<bool(const model::KeySchema&)> full_scan;
  // The engine refuses this before it looks at a table, whoever asks: nothing is to be allowed.
  bool refused = false;
  std::string_view attached_policy;  // that it puts on a table or stream; empty: none
  // As the API names them; nullopt where the operation has no such parameter.
  std::optional<std::string_view> select, return_values, return_consumed_capacity;
};
using AccessNeeds = std::vector<AccessNeed>;

AccessNeeds NeedsOf(std::string_view operation, const model::GetItemRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::PutItemRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::DeleteItemRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::UpdateItemRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::QueryRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::ScanRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::BatchGetItemRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::BatchWriteItemRequest& request);
// The actions are those of the items: PutItem, ConditionCheckItem, GetItem, …
AccessNeeds NeedsOf(std::string_view operation, const model::TransactGetItemsRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::TransactWriteItemsRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::ListTablesRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::CreateTableRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const DescribeLimitsRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const DescribeEndpointsRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::ListStreamsRequest& request);
AccessNeeds NeedsOf(std::string_view operation,
                    const model::ListContributorInsightsRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::GetRecordsRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::PutResourcePolicyRequest& request);

// The actions are those of the statements: PartiQLSelect, PartiQLInsert, …
AccessNeeds NeedsOf(std::string_view operation, const model::ExecuteStatementRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::BatchExecuteStatementRequest& request);
AccessNeeds NeedsOf(std::string_view operation, const model::ExecuteTransactionRequest& request);

AccessNeed NeedOfTable(std::string_view operation, std::string_view table);
AccessNeed NeedOfArn(std::string_view operation, std::string_view arn);

// The other requests say by a member what they are about. Of those that don't, nothing is known,
// and without a need nobody may make them: an operation can't be forgotten here and stay open.
template <class Request>
AccessNeeds NeedsOf(std::string_view operation, const Request& request) {
  if constexpr (requires { request.stream_arn; }) {
    return {NeedOfArn(operation, request.stream_arn)};
  } else if constexpr (requires { request.resource_arn; }) {
    return {NeedOfArn(operation, request.resource_arn)};
  } else if constexpr (requires { request.table; }) {
    return {NeedOfTable(operation, request.table)};
  } else {
    return {};
  }
}

}  // namespace cruddur::dynamo
