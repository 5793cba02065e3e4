#include "expr/path_tree.h"

#include <algorithm>

namespace cruddur::expr {
namespace {

bool Before(const BoundStep& a, const BoundStep& b) {
  return a.index != b.index ? a.index < b.index : a.name < b.name;
}

}  // namespace

PathTree::PathTree(std::vector<std::vector<BoundStep>> paths) {
  std::ranges::sort(paths, [](const auto& a, const auto& b) {
    return std::ranges::lexicographical_compare(a, b, Before);
  });
  for (const auto& path : paths) Grow(roots_, path, 0);
}

// The paths come in order, so a branch that they share is the last one that was grown.
void PathTree::Grow(std::vector<Branch>& branches, const std::vector<BoundStep>& path,
                    size_t from) {
  if (from == path.size()) return;
  if (branches.empty() || branches.back().step != path[from]) {
    branches.push_back({path[from], {}});
  }
  Grow(branches.back().branches, path, from + 1);
}

model::Item PathTree::Pick(const model::Item& item) const {
  model::Item picked;
  PickFromMap(item, roots_, picked);
  return picked;
}

void PathTree::PickFromMap(const model::Map& map, const std::vector<Branch>& branches,
                           model::Map& out) {
  for (const Branch& branch : branches) {
    const model::AttributeValue* value = map.Find(branch.step.name);
    if (value == nullptr) continue;
    model::AttributeValue part;
    if (PickValue(*value, branch, part)) out.Append(std::string(branch.step.name), std::move(part));
  }
}

bool PathTree::PickValue(const model::AttributeValue& value, const Branch& branch,
                         model::AttributeValue& out) {
  if (branch.branches.empty()) {
    out = value;
    return true;
  }
  bool of_map = branch.branches[0].step.index < 0;
  if (const auto* map = value.As<model::Map>(); map != nullptr && of_map) {
    model::Map part;
    PickFromMap(*map, branch.branches, part);
    bool any = !part.empty();
    out = std::move(part);
    return any;
  }
  if (const auto* list = value.As<model::List>(); list != nullptr && !of_map) {
    model::List part;
    for (const Branch& element : branch.branches) {
      auto index = static_cast<size_t>(element.step.index);
      if (index >= list->size()) break;
      if (!PickValue((*list)[index], element, part.emplace_back())) part.pop_back();
    }
    bool any = !part.empty();
    out = std::move(part);
    return any;
  }
  return false;
}

}  // namespace cruddur::expr
