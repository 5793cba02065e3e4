// One application of an update to one item.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "expr/binding.h"

namespace cruddur::expr {

struct UpdateAction {
  Section section = Section::kSet;
  uint32_t clause = 0;
  std::vector<BoundStep> path;
  uint32_t value = 0;  // a node; not of REMOVE
};

// Every path and every operand means the item before. Problems are reported in DynamoDB's order: a
// path through something that is neither list nor map, then operands of a wrong type, then clause
// by clause from the last one paths that lead nowhere and attributes that aren't there, then
// numbers out of range.
class UpdateRun {
 public:
  UpdateRun(const Bound& bound, std::span<const UpdateAction> actions, const model::Item& before);

  DbResult<model::Item> Run();

 private:
  // What an action will do to its place; nothing: leave it.
  struct Effect {
    std::optional<model::AttributeValue> value;
    bool removes = false;
    bool missing = false;  // an operand isn't in the item
    std::optional<DbError> number_problem;
  };
  // An operand's value: a reference into the request or the item, or a computed one.
  struct Operand {
    const model::AttributeValue* reference = nullptr;
    std::optional<model::AttributeValue> computed;

    const model::AttributeValue& get() const { return computed ? *computed : *reference; }
  };

  DbStatus CheckParents() const;
  DbStatus Evaluate();
  DbStatus EvaluateAdd(const UpdateAction& action, Effect& effect) const;
  DbStatus EvaluateDelete(const UpdateAction& action, Effect& effect) const;
  DbStatus EvaluateOperand(const Node& node, Effect& effect, Operand& out) const;
  DbStatus EvaluateSum(const Node& node, Effect& effect, Operand& out) const;
  DbStatus EvaluateCall(const Node& node, Effect& effect, Operand& out) const;
  DbStatus CheckClauses() const;
  DbStatus CheckResults() const;
  void Write();
  void CopyWhatStays();  // of the item before: all attributes but those that are removed whole
  void WriteToLists(std::vector<size_t> appended, std::vector<size_t> removed);

  const model::AttributeValue* Parent(const UpdateAction& action) const;  // in the item before
  bool CanWrite(const UpdateAction& action) const;
  const model::AttributeValue* Target(const UpdateAction& action) const;
  model::AttributeValue* ParentAfter(const UpdateAction& action);

  const Bound& bound_;
  std::span<const UpdateAction> actions_;
  const model::Item& before_;
  std::vector<Effect> effects_;  // of each action
  model::Item after_;
};

}  // namespace cruddur::expr
