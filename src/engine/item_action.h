// One write of one item: what PutItem, DeleteItem and UpdateItem do, and the actions of
// BatchWriteItem and TransactWriteItems.
//
// Prepare and Bind check as much as can be checked on the caller's thread; the committer's thread
// then evaluates and applies. Neither copied nor moved: compiled expressions refer to the request.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/commit.h"
#include "engine/key_checks.h"
#include "expr/expression.h"
#include "model/operations.h"

namespace cruddur::engine {

enum class ActionKind { kPut, kDelete, kUpdate, kConditionCheck };

// A write whose expressions are compiled already: what a PartiQL statement means.
struct StatementPart {
  std::string text;                       // with its parameters: tells one write from another
  bool inserts = false;                   // a failed condition means that the item is there
  std::optional<model::DbError> refused;  // what Bind is to answer
};
struct CompiledWrite {
  ActionKind kind = ActionKind::kPut;
  StatementPart statement;
  std::string table;
  model::Item item;  // a put's whole item, the key otherwise
  std::optional<expr::Condition> condition;
  std::optional<expr::Update> update;
  model::ReturnValues return_values = model::ReturnValues::kNone;
  model::ReturnValuesOnFailure on_condition_failure = model::ReturnValuesOnFailure::kNone;
  bool may_conflict = false;  // see model::PutItemRequest
};

class ItemAction {
 public:
  explicit ItemAction(model::PutItemRequest request);
  explicit ItemAction(model::DeleteItemRequest request);
  explicit ItemAction(model::UpdateItemRequest request);
  explicit ItemAction(model::ConditionCheck request);
  explicit ItemAction(CompiledWrite write);
  ItemAction(const ItemAction&) = delete;
  ItemAction& operator=(const ItemAction&) = delete;

  ActionKind kind() const { return kind_; }
  const std::string& table_name() const { return request_.table; }
  // A put's whole item, the key otherwise.
  const model::Item& item() const { return request_.item; }
  size_t Bytes() const { return bytes_; }

  // Checks what needs no table, and compiles the expressions.
  DbStatus Prepare();
  // A put's size. Bind checks it too: here for those who want it told before the table is.
  DbStatus CheckSize() const;
  // What UpdateItem, and no other operation, counts of an update expression: see
  // expr::Update::ChargedBytes.
  DbStatus CheckStatementSize() const;
  // Whose words for what is wrong with the item's keys; kPut or kUpdate where it isn't called.
  void SetSource(ItemSource source) { source_ = source; }
  // Checks against the table. To be called again when the catalog has another one by that name.
  DbStatus Bind(std::shared_ptr<const TableState> table);
  const std::shared_ptr<const TableState>& table() const { return table_; }
  const std::string& key() const { return key_; }  // after Bind

  // On the committer's thread, as what follows. Refuses the action where throughput is enforced and
  // none is left. The actions of a transaction are all admitted before the first of them pays.
  DbStatus Admit() const;
  // Reads the item, checks the condition, makes the item after. kConditionalCheckFailed carries the
  // item where that was asked for. The table's share of the throughput is paid here, the indexes'
  // when it is applied.
  DbStatus Evaluate(const Commit& commit, bool transactional);
  // After Evaluate, with nothing between that writes this item. Cannot fail.
  void Apply(Commit& commit, CapacityMeter& meter, bool transactional);

  const CurrentItem& before() const { return before_; }
  size_t size_after() const { return size_after_; }  // 0: no item
  // What ReturnValues asks for; after Evaluate.
  std::optional<model::Item> ReturnedAttributes() const;
  // Null unless asked for and the table has a local index.
  std::optional<model::ItemCollectionMetrics> CollectionMetrics() const;

  // Adds all that decides what the action does, for comparing two requests.
  void AppendFingerprint(std::string& out) const;

 private:
  // The members that the four requests have in common.
  struct Request {
    std::string table;
    model::Item item;
    std::optional<std::string> update_expression, condition_expression;
    model::Placeholders placeholders;
    model::ReturnValues return_values = model::ReturnValues::kNone;
    model::ReturnValuesOnFailure on_condition_failure = model::ReturnValuesOnFailure::kNone;
    model::ReturnItemCollectionMetrics return_metrics = model::ReturnItemCollectionMetrics::kNone;
    std::unique_ptr<const StatementPart> statement;  // null: no PartiQL
  };
  ItemAction(ActionKind kind, Request request);

  DbStatus CompileExpressions();
  DbStatus EvaluateItem(const Commit& commit);
  double TableUnits(bool transactional) const;
  DbStatus CheckUpdatedNames() const;
  Detail DetailNeeded() const;
  DbStatus ConditionFailed() const;
  DbStatus UpdateFailed(model::DbError error) const;
  DbStatus MakeUpdated();

  const ActionKind kind_;
  const Request request_;
  ItemSource source_;
  size_t bytes_ = 0;
  expr::Bindings bindings_;
  std::optional<expr::Condition> condition_;
  std::optional<expr::Update> update_;

  std::shared_ptr<const TableState> table_;
  std::string key_;

  CurrentItem before_;
  std::optional<model::Item> updated_;  // an update's result
  bool exists_after_ = false;
  size_t size_after_ = 0;
  std::string row_;  // of the item after; a put's is made by Bind
};

}  // namespace cruddur::engine
