#include "expr/binding.h"

#include <algorithm>

#include "base/result.h"
#include "expr/binder.h"
#include "expr/syntax_cache.h"

namespace cruddur::expr {

DbResult<Bound> Bound::Make(Grammar grammar, std::string_view what, std::string_view text,
                            Bindings& bindings) {
  auto fail = [what](std::string_view problem) {
    return model::Invalid("Invalid " + std::string(what) + ": " + std::string(problem));
  };
  const bool legacy = bindings.legacy().others;
  auto parsed = ParseCached(grammar, text, legacy ? Origin::kLegacy : Origin::kExpression);
  if (!parsed) return fail(parsed.error());
  Bound bound;
  bound.legacy_ = legacy;
  bound.syntax_ = *std::move(parsed);
  if (auto status = bound.Check(grammar, bindings); !status) return fail(status.error().message);
  return bound;
}

DbResult<Bound> Bound::MakeFrom(Grammar grammar, std::shared_ptr<const Syntax> syntax,
                                std::vector<const model::AttributeValue*> values,
                                std::shared_ptr<const void> owner) {
  Bound bound;
  bound.syntax_ = std::move(syntax);
  bound.values_ = std::move(values);
  bound.owner_ = std::move(owner);
  static const model::Placeholders kNone;
  Bindings bindings(kNone);
  TRY(bound.Check(grammar, bindings));
  return bound;
}

DbStatus Bound::Check(Grammar grammar, Bindings& bindings) {
  Binder binder(*this, bindings);
  switch (grammar) {
    case Grammar::kCondition:
      return binder.BindCondition();
    case Grammar::kUpdate:
      return binder.BindUpdate();
    case Grammar::kProjection:
      break;
  }
  return binder.BindProjection();
}

std::vector<BoundStep> Bound::StepsOf(const Node& path) const {
  std::vector<BoundStep> steps;
  steps.reserve(path.count);
  for (uint32_t i = 0; i < path.count; ++i) steps.push_back(StepOf(path, i));
  return steps;
}

const model::AttributeValue* Bound::Find(const model::Item& item, const Node& path) const {
  const model::AttributeValue* value = item.Find(StepOf(path, 0).name);
  for (uint32_t i = 1; i < path.count && value != nullptr; ++i) {
    value = FindStep(*value, StepOf(path, i));
  }
  return value;
}

const model::AttributeValue* FindStep(const model::AttributeValue& value, const BoundStep& step) {
  if (step.index < 0) {
    const auto* map = value.As<model::Map>();
    return map == nullptr ? nullptr : map->Find(step.name);
  }
  const auto* list = value.As<model::List>();
  auto index = static_cast<size_t>(step.index);
  return list == nullptr || index >= list->size() ? nullptr : &(*list)[index];
}

bool Bound::HasSteps() const {
  return std::ranges::any_of(syntax_->nodes, [](const Node& node) {
    return node.kind == NodeKind::kPath && node.count > 1;
  });
}

bool Bound::StepsInto(std::string_view name) const {
  return std::ranges::any_of(syntax_->nodes, [&](const Node& node) {
    return node.kind == NodeKind::kPath && node.count > 1 && StepOf(node, 0).name == name;
  });
}

std::vector<std::string_view> Bound::TopLevelNames() const {
  std::vector<std::string_view> names;
  for (const Node& node : syntax_->nodes) {
    if (node.kind == NodeKind::kPath) names.push_back(StepOf(node, 0).name);
  }
  std::ranges::sort(names);
  auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

const model::AttributeValue* Resolve(const model::Item& item, const Path& path) {
  if (path.empty() || path[0].name.empty()) return nullptr;
  const model::AttributeValue* value = item.Find(path[0].name);
  for (size_t i = 1; i < path.size() && value != nullptr; ++i) {
    const PathStep& step = path[i];
    value =
        FindStep(*value, {step.name, step.name.empty() ? static_cast<int32_t>(step.index) : -1});
  }
  return value;
}

}  // namespace cruddur::expr
