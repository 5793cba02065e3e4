#include "expr/update_run.h"

#include <algorithm>
#include <iterator>
#include <ranges>

#include "base/result.h"
#include "model/number.h"

namespace cruddur::expr {
namespace {

using model::AttributeValue;
using model::Invalid;
using model::List;
using model::Map;
using model::Number;

// An AttributeUpdates may have a hundred thousand: their attributes aren't put into the item, or
// taken out of it, one by one then.
constexpr size_t kFewActions = 64;

std::unexpected<DbError> WrongType() {
  return Invalid("An operand in the update expression has an incorrect data type");
}
// Of what ADD or DELETE meets in the item.
std::unexpected<DbError> WrongTarget(const Bound& bound) {
  if (!bound.legacy()) return WrongType();
  return Invalid("Type mismatch for attribute to update");
}
std::unexpected<DbError> WrongPath() {
  return Invalid("The document path provided in the update expression is invalid for update");
}

std::unexpected<DbError> TooLarge() {
  return Invalid("Item size to update has exceeded the maximum allowed size");
}

// What the item has at least of a value under the name that it gets.
size_t NewBytes(const UpdateAction& action, const AttributeValue& value) {
  return action.path.back().name.size() + SizeInBytes(value);
}

// The levels that a value takes below the place where it is put.
size_t LevelsOf(const AttributeValue& value) {
  size_t below = 0;
  if (const auto* list = value.As<List>()) {
    below = 1;
    for (const AttributeValue& element : *list) below = std::max(below, LevelsOf(element));
  } else if (const auto* map = value.As<Map>()) {
    below = 1;
    for (const auto& [name, element] : *map) below = std::max(below, LevelsOf(element));
  }
  return 1 + below;
}

template <class Set>
AttributeValue Union(const Set& a, const Set& b) {
  Set set;
  std::ranges::set_union(a.members, b.members, std::back_inserter(set.members));
  return set;
}

template <class Set>
AttributeValue Difference(const Set& a, const Set& b) {
  Set set;
  std::ranges::set_difference(a.members, b.members, std::back_inserter(set.members));
  return set;
}

bool IsEmptySet(const AttributeValue& value) {
  return std::visit(
      [](const auto& content) {
        if constexpr (requires { content.members; }) return content.members.empty();
        return false;
      },
      value.value);
}

// Applies `combine` to two sets of the same type.
template <class Combine>
AttributeValue CombineSets(const AttributeValue& a, const AttributeValue& b, Combine combine) {
  return std::visit(
      [&](const auto& set) -> AttributeValue {
        using Set = std::remove_cvref_t<decltype(set)>;
        if constexpr (requires { set.members; }) return combine(set, *b.As<Set>());
        return AttributeValue();
      },
      a.value);
}

}  // namespace

UpdateRun::UpdateRun(const Bound& bound, std::span<const UpdateAction> actions,
                     const model::Item& before)
    : bound_(bound), actions_(actions), before_(before), effects_(actions.size()) {}

DbResult<model::Item> UpdateRun::Run() {
  TRY(CheckParents());
  TRY(Evaluate());
  TRY(CheckClauses());
  TRY(CheckResults());
  Write();
  return std::move(after_);
}

const AttributeValue* UpdateRun::Parent(const UpdateAction& action) const {
  const AttributeValue* value = before_.Find(action.path[0].name);
  for (size_t i = 1; i + 1 < action.path.size() && value != nullptr; ++i) {
    value = FindStep(*value, action.path[i]);
  }
  return value;
}

bool UpdateRun::CanWrite(const UpdateAction& action) const {
  if (action.path.size() == 1) return true;
  const AttributeValue* parent = Parent(action);
  if (parent == nullptr) return false;
  return parent->type() == (action.path.back().index < 0 ? model::Type::kM : model::Type::kL);
}

const AttributeValue* UpdateRun::Target(const UpdateAction& action) const {
  if (action.path.size() == 1) return before_.Find(action.path[0].name);
  const AttributeValue* parent = Parent(action);
  return parent == nullptr ? nullptr : FindStep(*parent, action.path.back());
}

DbStatus UpdateRun::CheckParents() const {
  for (const UpdateAction& action : actions_) {
    if (action.path.size() > 1 && Parent(action) != nullptr && !CanWrite(action)) {
      return WrongPath();
    }
  }
  return {};
}

DbStatus UpdateRun::Evaluate() {
  size_t bytes = 0;
  for (size_t i = 0; i < actions_.size(); ++i) {
    const UpdateAction& action = actions_[i];
    Effect& effect = effects_[i];
    switch (action.section) {
      case Section::kSet: {
        Operand value;
        TRY(EvaluateOperand(bound_.node(action.value), effect, value));
        if (effect.missing || effect.number_problem) break;
        // All of these will be in the item, so it is known to be too large before it is made: one
        // value of two megabytes may be named hundreds of times, and each time be copied.
        bytes += NewBytes(action, value.get());
        if (bytes > model::kMaxItemBytes) return TooLarge();
        effect.value = value.computed ? *std::move(value.computed) : *value.reference;
        break;
      }
      case Section::kRemove:
        effect.removes = true;
        break;
      case Section::kAdd:
        TRY(EvaluateAdd(action, effect));
        if (effect.value) bytes += NewBytes(action, *effect.value);
        if (bytes > model::kMaxItemBytes) return TooLarge();
        break;
      case Section::kDelete:
        TRY(EvaluateDelete(action, effect));
        break;
    }
  }
  return {};
}

DbStatus UpdateRun::EvaluateAdd(const UpdateAction& action, Effect& effect) const {
  const AttributeValue& added = bound_.ValueOf(bound_.node(action.value));
  const AttributeValue* present = Target(action);
  if (present == nullptr) {
    effect.value = added;
    return {};
  }
  if (present->type() != added.type()) return WrongTarget(bound_);
  if (const auto* appended = added.As<List>()) {  // in AttributeUpdates only
    List list = *present->As<List>();
    list.insert(list.end(), appended->begin(), appended->end());
    effect.value = std::move(list);
    return {};
  }
  const auto* number = added.As<Number>();
  if (number == nullptr) {
    effect.value =
        CombineSets(*present, added, [](const auto& a, const auto& b) { return Union(a, b); });
    return {};
  }
  auto sum = Number::Add(*present->As<Number>(), *number);
  if (!sum) return std::unexpected(std::move(sum).error());
  effect.value = *sum;
  return {};
}

DbStatus UpdateRun::EvaluateDelete(const UpdateAction& action, Effect& effect) const {
  const AttributeValue& deleted = bound_.ValueOf(bound_.node(action.value));
  const AttributeValue* present = Target(action);
  if (present == nullptr) return {};
  if (present->type() != deleted.type()) return WrongTarget(bound_);
  effect.value =
      CombineSets(*present, deleted, [](const auto& a, const auto& b) { return Difference(a, b); });
  if (IsEmptySet(*effect.value)) {  // there are no empty sets
    effect.value.reset();
    effect.removes = true;
  }
  return {};
}

// Leaves `out` empty where effect.missing or effect.number_problem says why. Recursion is bounded
// by the length of an expression: each level is a function with a name of over ten characters.
DbStatus UpdateRun::EvaluateOperand(const Node& node, Effect& effect, Operand& out) const {
  switch (node.kind) {
    case NodeKind::kValue:
      out.reference = &bound_.ValueOf(node);
      return {};
    case NodeKind::kPath:
      out.reference = bound_.Find(before_, node);
      effect.missing = out.reference == nullptr;
      return {};
    case NodeKind::kArithmetic:
      return EvaluateSum(node, effect, out);
    default:
      return EvaluateCall(node, effect, out);
  }
}

DbStatus UpdateRun::EvaluateSum(const Node& node, Effect& effect, Operand& out) const {
  Operand operands[2];
  for (size_t i = 0; i < 2; ++i) {
    TRY(EvaluateOperand(bound_.syntax().Operand(node, i), effect, operands[i]));
    if (effect.missing || effect.number_problem) return {};
    if (operands[i].get().type() != model::Type::kN) return WrongType();
  }
  const Number& a = *operands[0].get().As<Number>();
  const Number& b = *operands[1].get().As<Number>();
  auto sum = node.word == "+" ? Number::Add(a, b) : Number::Subtract(a, b);
  if (sum) {
    out.computed = *sum;
  } else {
    effect.number_problem = std::move(sum).error();
  }
  return {};
}

DbStatus UpdateRun::EvaluateCall(const Node& node, Effect& effect, Operand& out) const {
  if (node.function == Function::kIfNotExists) {
    out.reference = bound_.Find(before_, bound_.syntax().Operand(node, 0));
    if (out.reference != nullptr) return {};
    return EvaluateOperand(bound_.syntax().Operand(node, 1), effect, out);
  }
  Operand operands[2];
  for (size_t i = 0; i < 2; ++i) {
    TRY(EvaluateOperand(bound_.syntax().Operand(node, i), effect, operands[i]));
    if (effect.missing || effect.number_problem) return {};
    if (operands[i].get().type() != model::Type::kL) return WrongType();
  }
  if (SizeInBytes(operands[0].get()) + SizeInBytes(operands[1].get()) > model::kMaxItemBytes) {
    return TooLarge();
  }
  List list = *operands[0].get().As<List>();
  const List& appended = *operands[1].get().As<List>();
  list.insert(list.end(), appended.begin(), appended.end());
  out.computed = std::move(list);
  return {};
}

DbStatus UpdateRun::CheckClauses() const {
  for (size_t end = actions_.size(); end > 0;) {
    size_t begin = end;
    while (begin > 0 && actions_[begin - 1].clause == actions_[end - 1].clause) --begin;
    for (size_t i = begin; i < end; ++i) {
      if (!CanWrite(actions_[i])) return WrongPath();
    }
    for (size_t i = begin; i < end; ++i) {
      if (effects_[i].missing) {
        return Invalid(
            "The provided expression refers to an attribute that does not exist in the item");
      }
    }
    end = begin;
  }
  return {};
}

DbStatus UpdateRun::CheckResults() const {
  for (const Effect& effect : effects_) {
    if (effect.number_problem) return std::unexpected(*effect.number_problem);
  }
  for (size_t i = 0; i < actions_.size(); ++i) {
    if (!effects_[i].value) continue;
    if (actions_[i].path.size() - 1 + LevelsOf(*effects_[i].value) > model::kMaxNesting) {
      return Invalid(
          "Nesting Levels have exceeded supported limits: Attributes in the item have nested "
          "levels beyond supported limit",
          model::DbErrorReason::kNesting);
    }
  }
  return {};
}

// In place first, what makes lists shorter or longer last: until then the indexes mean the list
// before.
void UpdateRun::Write() {
  const bool many = actions_.size() > kFewActions;
  if (many) {
    CopyWhatStays();
  } else {
    after_ = before_;
  }
  std::vector<size_t> appended, removed, fresh;
  for (size_t i = 0; i < actions_.size(); ++i) {
    const BoundStep& last = actions_[i].path.back();
    Effect& effect = effects_[i];
    if (!effect.value && !effect.removes) continue;
    AttributeValue* parent = ParentAfter(actions_[i]);
    if (last.index < 0) {
      Map& map = parent == nullptr ? after_ : *parent->As<Map>();
      if (effect.removes) {
        map.Erase(last.name);
      } else if (many && parent == nullptr && map.Find(last.name) == nullptr) {
        fresh.push_back(i);
      } else {
        map.Set(std::string(last.name), *std::move(effect.value));
      }
      continue;
    }
    List& list = *parent->As<List>();
    auto index = static_cast<size_t>(last.index);
    if (effect.removes) {
      if (index < list.size()) removed.push_back(i);
    } else if (index < list.size()) {
      list[index] = *std::move(effect.value);
    } else {
      appended.push_back(i);
    }
  }
  WriteToLists(std::move(appended), std::move(removed));
  if (fresh.empty()) return;
  for (size_t i : fresh) {
    after_.Append(std::string(actions_[i].path[0].name), *std::move(effects_[i].value));
  }
  after_.Sort();
}

void UpdateRun::CopyWhatStays() {
  std::vector<std::string_view> removed;
  for (size_t i = 0; i < actions_.size(); ++i) {
    if (actions_[i].path.size() == 1 && effects_[i].removes) {
      removed.push_back(actions_[i].path[0].name);
    }
  }
  std::ranges::sort(removed);
  after_.Reserve(before_.size());
  for (const auto& [name, value] : before_) {
    if (!std::ranges::binary_search(removed, std::string_view(name))) after_.Append(name, value);
  }
}

void UpdateRun::WriteToLists(std::vector<size_t> appended, std::vector<size_t> removed) {
  auto by_path = [this](size_t a, size_t b) {
    return std::ranges::lexicographical_compare(
        actions_[a].path, actions_[b].path, [](const BoundStep& x, const BoundStep& y) {
          return x.index != y.index ? x.index < y.index : x.name < y.name;
        });
  };
  std::ranges::sort(appended, by_path);
  for (size_t i : appended) {
    ParentAfter(actions_[i])->As<List>()->push_back(*std::move(effects_[i].value));
  }
  // From the back, so that no removal moves an element that another one means.
  std::ranges::sort(removed, by_path);
  for (size_t i : removed | std::views::reverse) {
    List& list = *ParentAfter(actions_[i])->As<List>();
    list.erase(list.begin() + actions_[i].path.back().index);
  }
}

// Where the action's last step leads from, in the item after; null for the item itself.
// REQUIRES: CanWrite, and no list got shorter yet at a lower index.
AttributeValue* UpdateRun::ParentAfter(const UpdateAction& action) {
  if (action.path.size() == 1) return nullptr;
  AttributeValue* value = after_.Find(action.path[0].name);
  for (size_t i = 1; i + 1 < action.path.size(); ++i) {
    value = const_cast<AttributeValue*>(FindStep(*value, action.path[i]));
  }
  return value;
}

}  // namespace cruddur::expr
