#include "dynamo/access_needs.h"

#include <fmt/format.h>

#include "engine/shard_iterator.h"
#include "expr/expression.h"

namespace cruddur::dynamo {
namespace {

using expr::Grammar;

std::string_view NameOf(model::ReturnValues values) {
  switch (values) {
    case model::ReturnValues::kNone:
      return "NONE";
    case model::ReturnValues::kAllOld:
      return "ALL_OLD";
    case model::ReturnValues::kUpdatedOld:
      return "UPDATED_OLD";
    case model::ReturnValues::kAllNew:
      return "ALL_NEW";
    case model::ReturnValues::kUpdatedNew:
      return "UPDATED_NEW";
  }
  return "NONE";
}

std::string_view NameOf(model::ReturnConsumedCapacity wanted) {
  switch (wanted) {
    case model::ReturnConsumedCapacity::kNone:
      return "NONE";
    case model::ReturnConsumedCapacity::kTotal:
      return "TOTAL";
    case model::ReturnConsumedCapacity::kIndexes:
      return "INDEXES";
  }
  return "NONE";
}

std::string_view NameOf(model::Select select, bool projects, bool index) {
  switch (select) {
    case model::Select::kDefault:
      return projects ? "SPECIFIC_ATTRIBUTES"
             : index  ? "ALL_PROJECTED_ATTRIBUTES"
                      : "ALL_ATTRIBUTES";
    case model::Select::kAllAttributes:
      return "ALL_ATTRIBUTES";
    case model::Select::kAllProjectedAttributes:
      return "ALL_PROJECTED_ATTRIBUTES";
    case model::Select::kSpecificAttributes:
      return "SPECIFIC_ATTRIBUTES";
    case model::Select::kCount:
      return "COUNT";
  }
  return "ALL_ATTRIBUTES";
}

// A table may be named by its ARN: the name is what counts here, as it is in the engine.
std::string TableName(std::string_view table) {
  constexpr std::string_view kTable = ":table/";
  if (table.starts_with("arn:")) {
    if (const size_t at = table.find(kTable); at != table.npos) {
      table.remove_prefix(at + kTable.size());
      table = table.substr(0, table.find('/'));
    }
  }
  return std::string(table);
}

void AddExpression(AccessNeed& need, Grammar grammar, const std::optional<std::string>& text) {
  if (text) need.expressions.push_back({grammar, *text});
}

// The attributes that the expressions of a request name.
template <class Request>
void AddParameters(AccessNeed& need, const Request& request) {
  if constexpr (requires { request.condition_expression; }) {
    if constexpr (requires { *request.condition_expression; }) {
      AddExpression(need, Grammar::kCondition, request.condition_expression);
    } else {
      need.expressions.push_back({Grammar::kCondition, request.condition_expression});
    }
  }
  if constexpr (requires { request.filter_expression; }) {
    AddExpression(need, Grammar::kCondition, request.filter_expression);
  }
  if constexpr (requires { request.update_expression; }) {
    AddExpression(need, Grammar::kUpdate, request.update_expression);
  }
  bool projects = false;
  if constexpr (requires { request.projection_expression; }) {
    AddExpression(need, Grammar::kProjection, request.projection_expression);
    projects = request.projection_expression.has_value();
  }
  bool legacy = false;
  if constexpr (requires { request.placeholders; }) {
    need.names = &request.placeholders.names;
    legacy = request.placeholders.legacy.others;
  } else if constexpr (requires { request.names; }) {
    need.names = &request.names;
    if constexpr (requires { request.legacy; }) legacy = request.legacy;
  }
  if (legacy) {
    for (AccessNeed::Expression& each : need.expressions) each.origin = expr::Origin::kLegacy;
  }
  if constexpr (requires { request.select; }) {
    need.select = NameOf(request.select, projects, !request.index.empty());
  } else if constexpr (requires { request.projection_expression; }) {
    need.select = projects ? "SPECIFIC_ATTRIBUTES" : "ALL_ATTRIBUTES";
  }
  if constexpr (requires { request.return_values; }) {
    need.return_values = NameOf(request.return_values);
  }
  if constexpr (requires { request.return_consumed_capacity; }) {
    need.return_consumed_capacity = NameOf(request.return_consumed_capacity);
  }
}

template <class Request>
AccessNeed NeedOfItem(std::string_view action, const Request& request, const model::Item& item) {
  AccessNeed need = NeedOfTable(action, request.table);
  need.items.push_back(&item);
  AddParameters(need, request);
  return need;
}

template <class Request>
AccessNeed NeedOfPage(std::string_view operation, const Request& request) {
  AccessNeed need = NeedOfTable(operation, request.table);
  need.index = request.index;
  if (!need.index.empty()) need.resource += "/index/" + need.index;
  AddParameters(need, request);
  return need;
}

template <class Request>
std::vector<model::AttributeValue> PartitionOf(const Request& request,
                                               const model::KeySchema& keys) {
  expr::Bindings bindings(request.placeholders);
  auto condition = [&]() -> model::DbResult<expr::KeyCondition> {
    if constexpr (requires { request.key_conditions; }) {
      if (request.key_conditions) return expr::KeyCondition::Compile(*request.key_conditions, keys);
    }
    return expr::KeyCondition::Compile(request.key_condition_expression, bindings, keys);
  }();
  if (!condition) return {};
  return std::move(condition->partition);
}

}  // namespace

AccessNeed NeedOfTable(std::string_view operation, std::string_view table) {
  AccessNeed need{.action = operation, .table = TableName(table)};
  need.resource = "table/" + need.table;
  return need;
}

AccessNeed NeedOfArn(std::string_view operation, std::string_view arn) {
  // The sixth part, as the engine takes it: what follows may have colons, and what looks like a
  // table there names none.
  std::string_view resource = arn;
  for (int part = 1; part < 6; ++part) {
    const size_t colon = resource.find(':');
    if (colon == resource.npos) {
      resource = arn;
      break;
    }
    resource.remove_prefix(colon + 1);
  }
  AccessNeed need{.action = operation};
  need.resource = resource;
  return need;
}

AccessNeeds NeedsOf(std::string_view operation, const model::GetItemRequest& request) {
  return {NeedOfItem(operation, request, request.key)};
}
AccessNeeds NeedsOf(std::string_view operation, const model::PutItemRequest& request) {
  return {NeedOfItem(operation, request, request.item)};
}
AccessNeeds NeedsOf(std::string_view operation, const model::DeleteItemRequest& request) {
  return {NeedOfItem(operation, request, request.key)};
}
AccessNeeds NeedsOf(std::string_view operation, const model::UpdateItemRequest& request) {
  return {NeedOfItem(operation, request, request.key)};
}

AccessNeeds NeedsOf(std::string_view operation, const model::QueryRequest& request) {
  AccessNeed need = NeedOfPage(operation, request);
  need.expressions.push_back({Grammar::kCondition, request.key_condition_expression});
  need.partition = [&request](const model::KeySchema& keys) { return PartitionOf(request, keys); };
  return {std::move(need)};
}
AccessNeeds NeedsOf(std::string_view operation, const model::ScanRequest& request) {
  return {NeedOfPage(operation, request)};
}

AccessNeeds NeedsOf(std::string_view operation, const model::BatchGetItemRequest& request) {
  AccessNeeds needs;
  for (const auto& [table, wanted] : request.tables) {
    AccessNeed& need = needs.emplace_back(NeedOfTable(operation, table));
    for (const model::Item& key : wanted.keys) need.items.push_back(&key);
    AddParameters(need, wanted);
    need.return_consumed_capacity = NameOf(request.return_consumed_capacity);
  }
  return needs;
}
AccessNeeds NeedsOf(std::string_view operation, const model::BatchWriteItemRequest& request) {
  AccessNeeds needs;
  for (const auto& [table, writes] : request.tables) {
    AccessNeed& need = needs.emplace_back(NeedOfTable(operation, table));
    for (const model::BatchWrite& write : writes) need.items.push_back(&write.item);
    need.return_consumed_capacity = NameOf(request.return_consumed_capacity);
  }
  return needs;
}

AccessNeeds NeedsOf(std::string_view operation, const model::TransactGetItemsRequest& request) {
  AccessNeeds needs;
  for (const model::TransactGet& each : request.items) {
    needs.push_back(NeedOfItem("GetItem", each, each.key));
    needs.back().enclosing = operation;
    needs.back().return_consumed_capacity = NameOf(request.return_consumed_capacity);
  }
  return needs;
}
AccessNeeds NeedsOf(std::string_view operation, const model::TransactWriteItemsRequest& request) {
  struct Visitor {
    AccessNeed operator()(const model::PutItemRequest& put) const {
      return NeedOfItem("PutItem", put, put.item);
    }
    AccessNeed operator()(const model::DeleteItemRequest& remove) const {
      return NeedOfItem("DeleteItem", remove, remove.key);
    }
    AccessNeed operator()(const model::UpdateItemRequest& update) const {
      return NeedOfItem("UpdateItem", update, update.key);
    }
    AccessNeed operator()(const model::ConditionCheck& check) const {
      return NeedOfItem("ConditionCheckItem", check, check.key);
    }
  };
  if (request.broken) return {{.action = operation, .refused = true}};
  AccessNeeds needs;
  for (const model::TransactWrite& each : request.items) {
    needs.push_back(std::visit(Visitor(), each));
    needs.back().enclosing = operation;
    needs.back().return_consumed_capacity = NameOf(request.return_consumed_capacity);
  }
  return needs;
}

AccessNeeds NeedsOf(std::string_view operation, const model::ListTablesRequest&) {
  return {{.action = operation, .resource = "table/*"}};
}
AccessNeeds NeedsOf(std::string_view operation,
                    const model::ListContributorInsightsRequest& request) {
  if (!request.table.empty()) return {NeedOfTable(operation, request.table)};
  return {{.action = operation, .resource = "table/*"}};
}
AccessNeeds NeedsOf(std::string_view operation, const model::CreateTableRequest& request) {
  AccessNeeds needs{NeedOfTable(operation, request.table)};
  if (request.resource_policy) {
    needs.push_back(NeedOfTable("PutResourcePolicy", request.table));
    needs.back().attached_policy = *request.resource_policy;
  }
  if (!request.tags.empty()) needs.push_back(NeedOfTable("TagResource", request.table));
  return needs;
}
AccessNeeds NeedsOf(std::string_view operation, const DescribeLimitsRequest&) {
  return {{.action = operation, .resource = "*"}};
}
AccessNeeds NeedsOf(std::string_view operation, const DescribeEndpointsRequest&) {
  return {{.action = operation, .resource = "*"}};
}
AccessNeeds NeedsOf(std::string_view operation, const model::ListStreamsRequest& request) {
  const std::string table = request.table_name.empty() ? "*" : TableName(request.table_name);
  return {{.action = operation, .resource = fmt::format("table/{}/stream/*", table)}};
}
AccessNeeds NeedsOf(std::string_view operation, const model::GetRecordsRequest& request) {
  // What is no iterator belongs to no stream: the engine says so to whoever may read them all.
  return {NeedOfArn(operation, engine::StreamArnOf(request.shard_iterator).value_or("*"))};
}
AccessNeeds NeedsOf(std::string_view operation, const model::PutResourcePolicyRequest& request) {
  AccessNeed need = NeedOfArn(operation, request.resource_arn);
  need.attached_policy = request.policy;
  return {std::move(need)};
}

}  // namespace cruddur::dynamo
