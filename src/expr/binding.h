// A syntax together with what one request's placeholders stand for, checked: no name or value is
// undefined, and operands whose type is known before any item is seen are of a fitting type.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "expr/expression.h"
#include "expr/syntax.h"

namespace cruddur::expr {

// A step whose name is known; a view into the syntax or the request's names.
struct BoundStep {
  std::string_view name;
  int32_t index = -1;  // negative: a name
  bool operator==(const BoundStep&) const = default;
};

// What a step leads to; null where there is nothing, or nothing that can be stepped into.
const model::AttributeValue* FindStep(const model::AttributeValue& value, const BoundStep& step);

class Bound {
 public:
  // Parses (or finds) the text and binds it. `what` names the parameter in the error texts:
  // "ConditionExpression".
  static DbResult<Bound> Make(Grammar grammar, std::string_view what, std::string_view text,
                              Bindings& bindings);

  // Binds a syntax that was made otherwise and has no placeholders. `values` are those of its value
  // nodes; `owner` keeps alive what syntax and values refer to. Errors say nothing of a parameter.
  static DbResult<Bound> MakeFrom(Grammar grammar, std::shared_ptr<const Syntax> syntax,
                                  std::vector<const model::AttributeValue*> values,
                                  std::shared_ptr<const void> owner);

  const Syntax& syntax() const { return *syntax_; }
  // Stands for a legacy parameter: see model::LegacyUse.
  bool legacy() const { return legacy_; }
  const Node& node(uint32_t id) const { return syntax_->nodes[id]; }
  const model::AttributeValue& ValueOf(const Node& value) const { return *values_[value.first]; }

  BoundStep StepOf(const Node& path, size_t i) const {
    const Step& step = syntax_->steps[path.first + i];
    return {step.slot >= 0 ? names_[step.slot] : step.name, step.index};
  }
  std::vector<BoundStep> StepsOf(const Node& path) const;
  // The value at a path of the item; null where there is none.
  const model::AttributeValue* Find(const model::Item& item, const Node& path) const;
  // Whether a path goes into any attribute ("name.a", "name[0]"), and into this one.
  bool HasSteps() const;
  bool StepsInto(std::string_view name) const;
  // The first steps of all paths, each once.
  std::vector<std::string_view> TopLevelNames() const;

 private:
  friend class Binder;
  Bound() = default;
  DbStatus Check(Grammar grammar, Bindings& bindings);

  std::shared_ptr<const Syntax> syntax_;
  std::vector<std::string_view> names_;  // by slot
  std::vector<const model::AttributeValue*> values_;
  std::shared_ptr<const void> owner_;
  bool legacy_ = false;
};

}  // namespace cruddur::expr
