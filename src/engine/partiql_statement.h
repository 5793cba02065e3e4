// A PartiQL statement on its way to the table: parsed, its parameters put in, and checked as far as
// that needs no table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/item_action.h"
#include "expr/partiql_columns.h"
#include "expr/partiql_compiler.h"
#include "model/partiql_operations.h"
#include "model/table.h"

namespace cruddur::engine {

struct PreparedStatement {
  expr::PartiqlStatement syntax;
  std::string text;  // with the parameters: tells one statement from another
  std::vector<model::AttributeValue> parameters;
  std::optional<expr::Bound> where;  // compiled
  std::optional<expr::Bound> actions;
  model::Item item;  // of INSERT
  expr::PartiqlColumns columns;
  model::ReturnValuesOnFailure on_condition_failure = model::ReturnValuesOnFailure::kNone;

  // EXISTS counts as a write: it stands among them.
  bool reads() const { return syntax.kind == expr::PartiqlKind::kSelect; }
  const std::string& table() const { return syntax.table; }
  // What a SELECT shows of an item.
  model::Item Pick(model::Item item) const {
    return syntax.all_attributes ? std::move(item) : columns.Pick(item);
  }
};

model::DbResult<PreparedStatement> PrepareStatement(const model::ParameterizedStatement& request);

// INSERT, UPDATE and DELETE of one item, with the checks that ExecuteStatement and
// BatchExecuteStatement make on the way.
model::DbResult<CompiledWrite> PlanWrite(PreparedStatement statement,
                                         const model::TableDescription& table);

// The same in a transaction, and EXISTS: a key that isn't whole fails with the write.
model::DbResult<CompiledWrite> PlanTransactionWrite(PreparedStatement statement,
                                                    const model::TableDescription& table);

// Statements read no index that has several partition or sort key attributes.
model::DbStatus CheckSingleKeys(const model::IndexDescription& index);

// The key of the one item that a SELECT in a batch or a transaction reads. `operation` names it in
// error texts. A transaction checks the key's types later, and tells them otherwise.
model::DbResult<model::Item> PlanSingleRead(const PreparedStatement& statement,
                                            const model::TableDescription& table,
                                            std::string_view operation, bool any_type);

}  // namespace cruddur::engine
