#include "engine/partiql_statement.h"

#include <algorithm>
#include <ranges>

#include "engine/key_checks.h"
#include "expr/partiql_keys.h"
#include "model/stored_item.h"

namespace cruddur::engine {
namespace {

using expr::PartiqlKind;
using expr::PartiqlNode;
using model::DbResult;
using model::DbStatus;
using model::Invalid;

// The statement and its parameters as one text, which no other pair has.
std::string TextOf(const model::ParameterizedStatement& request) {
  model::Item parameters;
  parameters.Set("", model::List(request.parameters));
  std::string text = request.statement;
  text.push_back('\0');
  model::EncodeItem(parameters, text);
  return text;
}

// attribute_not_exists(key).
PartiqlNode Missing(const model::KeyAttribute& key) {
  PartiqlNode path;
  path.kind = PartiqlNode::kPath;
  path.steps.push_back({expr::PartiqlStep::kName, key.name, {}});
  PartiqlNode call;
  call.kind = PartiqlNode::kCall;
  call.text = "attribute_not_exists";
  call.operands.push_back(std::move(path));
  return call;
}

DbResult<expr::Condition> ConditionOf(const PartiqlNode& node) {
  TRY_ASSIGN(expr::Bound bound, expr::CompilePartiqlCondition(node, {}));
  return expr::Condition(std::move(bound));
}

// A DELETE of an item that isn't there does nothing and succeeds, whatever its condition.
// Whether an item is there is asked first: `where` stays as it was compiled, with its parameters.
DbResult<expr::Condition> UnlessMissing(const PartiqlNode& where, const model::KeyAttribute& key,
                                        expr::PartiqlParameters parameters) {
  PartiqlNode either;
  either.kind = PartiqlNode::kInfix;
  either.text = "or";
  either.operands = {Missing(key), where};
  TRY_ASSIGN(expr::Bound bound, expr::CompilePartiqlCondition(either, parameters));
  return expr::Condition(std::move(bound));
}

CompiledWrite StartWrite(PreparedStatement& statement) {
  CompiledWrite write;
  write.statement.text = std::move(statement.text);
  write.table = statement.syntax.table;
  write.on_condition_failure = statement.on_condition_failure;
  write.return_values = statement.syntax.returning.value_or(model::ReturnValues::kNone);
  return write;
}

DbResult<CompiledWrite> PlanInsert(PreparedStatement statement,
                                   const model::TableDescription& table) {
  CompiledWrite write = StartWrite(statement);
  write.kind = ActionKind::kPut;
  write.item = std::move(statement.item);
  write.statement.inserts = true;
  TRY_ASSIGN(write.condition, ConditionOf(Missing(table.keys.partition[0])));
  return write;
}

// REQUIRES: UPDATE or DELETE, with the key of its item in `key`.
DbResult<CompiledWrite> PlanChange(PreparedStatement statement, expr::PartiqlItemKey key,
                                   const model::TableDescription& table) {
  CompiledWrite write = StartWrite(statement);
  write.item = std::move(key.key);
  if (statement.syntax.kind == PartiqlKind::kUpdate) {
    write.kind = ActionKind::kUpdate;
    write.update.emplace(*std::move(statement.actions));
    // That the item's key equals the key given holds for an item that is there, and no other.
    if (statement.where) write.condition.emplace(*std::move(statement.where));
    return write;
  }
  write.kind = ActionKind::kDelete;
  if (key.more) {
    TRY_ASSIGN(write.condition, UnlessMissing(*statement.syntax.where, table.keys.partition[0],
                                              statement.parameters));
  }
  return write;
}

expr::PartiqlItemKey ItemKeyOf(const PreparedStatement& statement,
                               const model::TableDescription& table) {
  if (!statement.where) return {};
  return expr::FindPartiqlItemKey(*statement.where, table.keys);
}

DbStatus CheckNoIndex(const PreparedStatement& statement) {
  if (statement.syntax.index.empty()) return {};
  return Invalid("This operation is not supported on an index");
}

DbStatus CheckOneValue(const expr::PartiqlItemKey& key) {
  if (key.conflicting.empty()) return {};
  return Invalid("Multiple conditions on same key " + key.conflicting +
                 ". Only single item Update/Insert/Delete are supported");
}

}  // namespace

DbResult<PreparedStatement> PrepareStatement(const model::ParameterizedStatement& request) {
  if (request.broken_parameter) return std::unexpected(*request.broken_parameter);
  PreparedStatement prepared;
  TRY_ASSIGN(prepared.syntax, expr::ParsePartiql(request.statement));
  const expr::PartiqlStatement& syntax = prepared.syntax;
  if (syntax.parameters != request.parameters.size()) {
    return Invalid("Number of parameters in request and statement don't match.");
  }
  prepared.text = TextOf(request);
  prepared.parameters = request.parameters;
  prepared.on_condition_failure = request.on_condition_failure;
  if (syntax.kind == PartiqlKind::kInsert) {
    TRY_ASSIGN(prepared.item, expr::PartiqlItem(syntax.item, request.parameters));
  }
  if (syntax.kind == PartiqlKind::kUpdate) {
    TRY_ASSIGN(prepared.actions, expr::CompilePartiqlActions(syntax.actions, request.parameters));
  }
  TRY_ASSIGN(prepared.columns, expr::PartiqlColumns::Make(syntax.columns));
  if (syntax.where) {
    TRY_ASSIGN(prepared.where, expr::CompilePartiqlCondition(*syntax.where, request.parameters));
  }
  return prepared;
}

DbStatus CheckSingleKeys(const model::IndexDescription& index) {
  if (index.keys.partition.size() == 1 && index.keys.sort.size() <= 1) return {};
  return Invalid(
      "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or "
      "multi-attribute RANGE keys.");
}

DbResult<CompiledWrite> PlanWrite(PreparedStatement statement,
                                  const model::TableDescription& table) {
  TRY(CheckNoIndex(statement));
  if (statement.syntax.kind == PartiqlKind::kInsert) {
    return PlanInsert(std::move(statement), table);
  }
  expr::PartiqlItemKey key = ItemKeyOf(statement, table);
  if (!key.complete) {
    return Invalid("Where clause does not contain a mandatory equality on all key attributes");
  }
  TRY(CheckOneValue(key));
  for (const model::Attribute& attribute : key.key) {
    if (table.keys.Find(attribute.name)->type == attribute.value.type()) continue;
    return Invalid("Key attribute's data type should match its data type in table's schema: Key " +
                   attribute.name);
  }
  return PlanChange(std::move(statement), std::move(key), table);
}

DbResult<CompiledWrite> PlanTransactionWrite(PreparedStatement statement,
                                             const model::TableDescription& table) {
  TRY(CheckNoIndex(statement));
  if (statement.syntax.returning) {
    return Invalid("RETURNING clause is not supported in ExecuteTransaction.");
  }
  if (statement.syntax.kind == PartiqlKind::kInsert) {
    return PlanInsert(std::move(statement), table);
  }
  expr::PartiqlItemKey key = ItemKeyOf(statement, table);
  if (statement.syntax.kind == PartiqlKind::kExists) {
    if (!key.complete || !key.more) {
      return Invalid("EXISTS() must contain a single item read with additional condition");
    }
    CompiledWrite check = StartWrite(statement);
    check.kind = ActionKind::kConditionCheck;
    check.item = std::move(key.key);
    check.condition.emplace(*std::move(statement.where));
    return check;
  }
  auto refused = CheckOneValue(key);
  TRY_ASSIGN(CompiledWrite write, PlanChange(std::move(statement), std::move(key), table));
  if (!refused) write.statement.refused = std::move(refused).error();
  return write;
}

DbResult<model::Item> PlanSingleRead(const PreparedStatement& statement,
                                     const model::TableDescription& table,
                                     std::string_view operation, bool any_type) {
  if (const auto* index = table.FindIndex(statement.syntax.index)) TRY(CheckSingleKeys(*index));
  if (statement.syntax.wrong_columns) return Invalid(*statement.syntax.wrong_columns);
  std::vector<expr::PartiqlRead> reads;
  if (statement.where && statement.syntax.index.empty()) {
    TRY_ASSIGN(reads, expr::FindPartiqlReads(*statement.where, table.keys, any_type));
  }
  const bool single = std::ranges::all_of(reads, &expr::PartiqlRead::names_one_item);
  if (reads.size() > 1 && single) {
    const auto same = [&](const expr::PartiqlRead& read) {
      return read.ranges[0].partition == reads[0].ranges[0].partition &&
             read.ranges[0].sort_equal == reads[0].ranges[0].sort_equal;
    };
    if (std::ranges::any_of(reads | std::views::drop(1), same)) {
      return Invalid("Overlapping conditions with range keys are not supported in where clause");
    }
  }
  if (reads.size() != 1 || !single) {
    return Invalid("Select statements within " + std::string(operation) +
                   " must specify the primary key in the where clause.");
  }
  model::Item key;
  const expr::KeyCondition& condition = reads[0].ranges.back();
  key.Set(table.keys.partition[0].name, condition.partition[0]);
  if (!table.keys.sort.empty()) key.Set(table.keys.sort[0].name, condition.sort_equal[0]);
  return key;
}

}  // namespace cruddur::engine
