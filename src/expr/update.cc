#include <algorithm>
#include <utility>

#include "base/result.h"
#include "expr/binding.h"
#include "expr/path_tree.h"
#include "expr/update_run.h"

namespace cruddur::expr {
namespace {

// Of a list's index the digits.
size_t ElementBytes(const BoundStep& step) {
  if (step.index < 0) return step.name.size();
  size_t digits = 1;
  for (int32_t rest = step.index; rest >= 10; rest /= 10) ++digits;
  return digits;
}

size_t TargetCharge(const UpdateAction& action) {
  size_t bytes = ElementBytes(action.path[0]);
  for (size_t i = 1; i < action.path.size(); ++i) bytes += 4 + ElementBytes(action.path[i]);
  return bytes;
}

// A path counts for itself, not for the value that it leads to; a value each time that it is named.
size_t OperandCharge(const Bound& bound, const Node& node) {
  if (node.kind == NodeKind::kValue) return SizeInBytes(bound.ValueOf(node));
  if (node.kind == NodeKind::kPath) {
    size_t bytes = 1;
    for (const BoundStep& step : bound.StepsOf(node)) bytes += 14 + ElementBytes(step);
    return bytes;
  }
  size_t bytes = 37;  // a difference, list_append
  if (node.kind == NodeKind::kArithmetic && node.word == "+") bytes = 34;
  if (node.kind == NodeKind::kCall && node.function == Function::kIfNotExists) bytes = 39;
  for (size_t i = 0; i < 2; ++i) {
    bytes += OperandCharge(bound, bound.syntax().Operand(node, i));
  }
  return bytes;
}

}  // namespace

struct Update::Tree {
  Bound bound;
  std::vector<UpdateAction> actions;
};

Update::Update(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Update::Update(Update&&) noexcept = default;
Update& Update::operator=(Update&&) noexcept = default;
Update::~Update() = default;

DbResult<Update> Update::Compile(std::string_view text, Bindings& bindings) {
  TRY_ASSIGN(Bound bound, Bound::Make(Grammar::kUpdate, "UpdateExpression", text, bindings));
  return Update(std::move(bound));
}

Update::Update(Bound bound) {
  std::vector<UpdateAction> actions;
  actions.reserve(bound.syntax().actions.size());
  for (const Action& action : bound.syntax().actions) {
    actions.push_back(
        {action.section, action.clause, bound.StepsOf(bound.node(action.path())), action.value()});
  }
  tree_ = std::make_unique<Tree>(std::move(bound), std::move(actions));
}

DbResult<model::Item> Update::Apply(const model::Item& before) const {
  return UpdateRun(tree_->bound, tree_->actions, before).Run();
}

model::Item Update::Touched(const model::Item& item) const {
  std::vector<std::vector<BoundStep>> targets;
  for (const UpdateAction& action : tree_->actions) targets.push_back(action.path);
  return PathTree(std::move(targets)).Pick(item);
}

std::vector<std::string_view> Update::TopLevelNames() const {
  std::vector<std::string_view> names;
  for (const UpdateAction& action : tree_->actions) names.push_back(action.path[0].name);
  return names;
}

size_t Update::ChargedBytes() const {
  size_t bytes = 3;
  for (const UpdateAction& action : tree_->actions) {
    bytes += TargetCharge(action);
    if (action.section == Section::kRemove || action.section == Section::kDelete) {
      bytes += 1;
    } else {
      bytes += 19 + OperandCharge(tree_->bound, tree_->bound.node(action.value));
    }
  }
  return bytes;
}

std::optional<model::Type> Update::KnownTypeOf(std::string_view name) const {
  const Bound& bound = tree_->bound;
  for (const UpdateAction& action : tree_->actions) {
    if (action.path.size() != 1 || action.path[0].name != name) continue;
    if (action.section != Section::kSet && action.section != Section::kAdd) continue;
    const Node& value = bound.node(action.value);
    if (value.kind == NodeKind::kValue) return bound.ValueOf(value).type();
    if (value.kind == NodeKind::kArithmetic) return model::Type::kN;
    if (value.kind == NodeKind::kCall && value.function == Function::kListAppend) {
      return model::Type::kL;
    }
  }
  return std::nullopt;
}

bool Update::HasSteps() const { return tree_->bound.HasSteps(); }
bool Update::StepsInto(std::string_view name) const { return tree_->bound.StepsInto(name); }

bool Update::OnlyRemoves() const {
  return std::ranges::all_of(tree_->actions, [](const UpdateAction& action) {
    return action.section == Section::kRemove || action.section == Section::kDelete;
  });
}

}  // namespace cruddur::expr
