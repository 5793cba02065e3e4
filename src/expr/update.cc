#include <algorithm>
#include <utility>

#include "base/result.h"
#include "expr/binding.h"
#include "expr/path_tree.h"
#include "expr/update_run.h"

namespace cruddur::expr {

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

bool Update::OnlyRemoves() const {
  return std::ranges::all_of(tree_->actions, [](const UpdateAction& action) {
    return action.section == Section::kRemove || action.section == Section::kDelete;
  });
}

}  // namespace cruddur::expr
