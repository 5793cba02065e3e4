// What PartiQL statements are going to do. See access_needs.h.
#include <algorithm>
#include <memory>

#include "dynamo/access_needs.h"
#include "engine/partiql_statement.h"
#include "expr/partiql_keys.h"

namespace cruddur::dynamo {
namespace {

using engine::PreparedStatement;
using expr::PartiqlKind;

std::string_view ActionOf(PartiqlKind kind) {
  switch (kind) {
    case PartiqlKind::kInsert:
      return "PartiQLInsert";
    case PartiqlKind::kUpdate:
      return "PartiQLUpdate";
    case PartiqlKind::kDelete:
      return "PartiQLDelete";
    case PartiqlKind::kSelect:
    case PartiqlKind::kExists:
      break;
  }
  return "PartiQLSelect";
}

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

std::vector<model::AttributeValue> PartitionsOf(const PreparedStatement& statement,
                                                const model::KeySchema& keys) {
  std::vector<model::AttributeValue> values;
  const auto add_from = [&](const model::Item& item) {
    for (const model::KeyAttribute& key : keys.partition) {
      if (const auto* value = item.Find(key.name)) values.push_back(*value);
    }
  };
  if (statement.syntax.kind == PartiqlKind::kInsert) {
    add_from(statement.item);
  } else if (statement.where && !statement.reads()) {
    add_from(expr::FindPartiqlItemKey(*statement.where, keys).key);
  } else if (statement.where) {
    const auto reads = expr::FindPartiqlReads(*statement.where, keys, /*any_type=*/true);
    if (!reads) return values;  // the engine will refuse it
    for (const expr::PartiqlRead& read : *reads) {
      const auto& partition = read.ranges[0].partition;
      values.insert(values.end(), partition.begin(), partition.end());
    }
  }
  return values;
}

bool Scans(const PreparedStatement& statement, const model::KeySchema& keys) {
  if (!statement.where) return true;
  const auto reads = expr::FindPartiqlReads(*statement.where, keys, /*any_type=*/true);
  return reads && reads->empty();
}

AccessNeed NeedOfStatement(const model::ParameterizedStatement& request,
                           std::string_view enclosing) {
  auto prepared = engine::PrepareStatement(request);
  if (!prepared) return {.action = enclosing, .refused = true};
  const auto statement = std::make_shared<const PreparedStatement>(*std::move(prepared));
  AccessNeed need = NeedOfTable(ActionOf(statement->syntax.kind), statement->table());
  need.enclosing = enclosing;
  need.index = statement->syntax.index;
  if (!need.index.empty()) need.resource += "/index/" + need.index;
  // The views below are into the statement, which this keeps.
  need.partition = [statement](const model::KeySchema& keys) {
    return PartitionsOf(*statement, keys);
  };
  if (statement->where) need.attributes = statement->where->TopLevelNames();
  if (statement->actions) {
    for (const auto name : statement->actions->TopLevelNames()) need.attributes.push_back(name);
  }
  for (const auto& each : statement->item) need.attributes.push_back(each.name);
  if (statement->reads()) {
    need.full_scan = [statement](const model::KeySchema& keys) { return Scans(*statement, keys); };
    need.select = statement->syntax.all_attributes ? "ALL_ATTRIBUTES" : "SPECIFIC_ATTRIBUTES";
    for (const auto name : statement->columns.TopLevelNames()) need.attributes.push_back(name);
  } else if (statement->syntax.kind != PartiqlKind::kExists) {
    need.return_values = NameOf(statement->syntax.returning.value_or(model::ReturnValues::kNone));
  }
  return need;
}

AccessNeeds NeedsOfAll(const std::vector<model::ParameterizedStatement>& statements,
                       std::string_view operation) {
  AccessNeeds needs;
  for (const auto& statement : statements) needs.push_back(NeedOfStatement(statement, operation));
  return needs;
}

}  // namespace

AccessNeeds NeedsOf(std::string_view, const model::ExecuteStatementRequest& request) {
  return {NeedOfStatement(request.statement, "")};
}
AccessNeeds NeedsOf(std::string_view operation,
                    const model::BatchExecuteStatementRequest& request) {
  return NeedsOfAll(request.statements, operation);
}
AccessNeeds NeedsOf(std::string_view operation, const model::ExecuteTransactionRequest& request) {
  AccessNeeds needs = NeedsOfAll(request.statements, operation);
  // One that is none is told for all.
  const auto refused = std::ranges::find(needs, true, &AccessNeed::refused);
  if (refused != needs.end()) return {std::move(*refused)};
  return needs;
}

}  // namespace cruddur::dynamo
