#include "expr/binder.h"

#include <algorithm>
#include <array>

#include "base/result.h"
#include "expr/comparison.h"
#include "model/number.h"

namespace cruddur::expr {
namespace {

using model::Invalid;
using model::Type;

bool IsOrdered(Type type) { return type == Type::kS || type == Type::kN || type == Type::kB; }
bool IsTextOrBinary(Type type) { return type == Type::kS || type == Type::kB; }
bool IsNumber(Type type) { return type == Type::kN; }
bool IsList(Type type) { return type == Type::kL; }
bool HasSize(Type type) { return type != Type::kN && type != Type::kBool && type != Type::kNull; }

// if_not_exists() and list_append(): their types are seen with the item.
bool IsValueCall(const Node& node) {
  return node.kind == NodeKind::kCall &&
         (node.function == Function::kIfNotExists || node.function == Function::kListAppend);
}

std::unexpected<DbError> WrongType(std::string_view word, std::string_view type) {
  return Invalid("Incorrect operand type for operator or function; operator or function: " +
                 std::string(word) + ", operand type: " + std::string(type));
}

// How an operand looks in the texts about BETWEEN.
std::string BoundText(const model::AttributeValue& value) {
  std::string text = "AttributeValue: {" + std::string(model::TypeName(value.type())) + ":";
  if (const auto* s = value.As<std::string>()) text += *s;
  if (const auto* n = value.As<model::Number>()) n->AppendTo(text);
  if (const auto* b = value.As<model::Binary>()) {
    std::string size = std::to_string(b->bytes.size());
    text += "java.nio.HeapByteBuffer[pos=0 lim=" + size + " cap=" + size + "]";
  }
  return text += "}";
}

}  // namespace

Binder::Binder(Bound& bound, Bindings& bindings)
    : bound_(bound), syntax_(*bound.syntax_), bindings_(bindings) {
  bound_.names_.resize(syntax_.names.size());
  bound_.values_.resize(syntax_.values.size());
}

DbStatus Binder::BindCondition() {
  return BindNodes(0, static_cast<uint32_t>(syntax_.nodes.size()));
}

DbStatus Binder::BindProjection() {
  std::vector<std::vector<BoundStep>> paths;
  for (uint32_t path : syntax_.paths) {
    TRY(BindPath(syntax_.nodes[path]));
    paths.push_back(bound_.StepsOf(syntax_.nodes[path]));
  }
  return CheckOverlaps(paths);
}

// The paths that are written come first, then the actions from the last to the first: all names,
// then the values and their types.
DbStatus Binder::BindUpdate() {
  std::vector<std::vector<BoundStep>> targets;
  for (const Action& action : syntax_.actions) {
    TRY(BindPath(syntax_.nodes[action.path()]));
    targets.push_back(bound_.StepsOf(syntax_.nodes[action.path()]));
  }
  TRY(CheckOverlaps(targets));
  for (size_t i = syntax_.actions.size(); i-- > 0;) TRY(BindPaths(syntax_.actions[i]));
  for (size_t i = syntax_.actions.size(); i-- > 0;) {
    const Action& action = syntax_.actions[i];
    TRY(BindNodes(action.first_node, action.end_node));
    TRY(CheckActionOperand(action));
  }
  return {};
}

DbStatus Binder::BindPath(const Node& path) {
  for (uint32_t i = 0; i < path.count; ++i) {
    const Step& step = syntax_.steps[path.first + i];
    if (step.slot < 0 || bound_.names_[step.slot].data() != nullptr) continue;
    const std::string* name = bindings_.UseName(step.name);
    if (name == nullptr) {
      return Invalid(
          "An expression attribute name used in the document path is not defined; attribute "
          "name: " +
          std::string(step.name));
    }
    bound_.names_[step.slot] = *name;
  }
  if (path.count > model::kMaxNesting) {
    return Invalid("The document path has too many nesting levels; nesting levels: " +
                   std::to_string(path.count));
  }
  return {};
}

DbStatus Binder::BindPaths(const Action& action) {
  for (uint32_t i = action.first_node; i < action.end_node; ++i) {
    if (syntax_.nodes[i].kind == NodeKind::kPath) TRY(BindPath(syntax_.nodes[i]));
  }
  return {};
}

DbStatus Binder::BindValue(const Node& value) {
  auto& bound = bound_.values_[value.first];
  if (bound == nullptr) bound = bindings_.UseValue(syntax_.values[value.first]);
  if (bound == nullptr) {
    return Invalid(
        "An expression attribute value used in expression is not defined; attribute value: " +
        std::string(syntax_.values[value.first]));
  }
  return {};
}

DbStatus Binder::BindNodes(uint32_t first_node, uint32_t end_node) {
  for (uint32_t i = first_node; i < end_node; ++i) TRY(CheckNode(syntax_.nodes[i]));
  return {};
}

DbStatus Binder::CheckNode(const Node& node) {
  switch (node.kind) {
    case NodeKind::kPath:
      return BindPath(node);
    case NodeKind::kValue:
      return BindValue(node);
    case NodeKind::kCall:
      return CheckCall(node);
    case NodeKind::kBetween:
      return CheckBetween(node);
    case NodeKind::kIn:
      return CheckIn(node);
    case NodeKind::kArithmetic:
      return CheckTypes(node, node.word, IsNumber);
    case NodeKind::kCompare:
      TRY(CheckDistinct(node, node.word));
      if (node.comparator == Comparator::kEqual || node.comparator == Comparator::kNotEqual) {
        return {};
      }
      return CheckTypes(node, node.word, IsOrdered);
    default:
      return {};
  }
}

DbStatus Binder::CheckBetween(const Node& node) {
  TRY(CheckDistinct(node, "BETWEEN"));
  const Node& low_node = syntax_.Operand(node, 1);
  const Node& high_node = syntax_.Operand(node, 2);
  bool constant = low_node.kind == NodeKind::kValue && high_node.kind == NodeKind::kValue;
  TRY(CheckTypes(node, "BETWEEN", IsOrdered));
  if (!constant) return {};
  const auto& low = bound_.ValueOf(low_node);
  const auto& high = bound_.ValueOf(high_node);
  std::string bounds =
      "lower bound operand: " + BoundText(low) + ", upper bound operand: " + BoundText(high);
  if (low.type() != high.type()) {
    return Invalid("The BETWEEN operator requires same data type for lower and upper bounds; " +
                   bounds);
  }
  if (Compare(low, high) > 0) {
    return Invalid(
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " +
        bounds);
  }
  return {};
}

DbStatus Binder::CheckIn(const Node& node) {
  size_t candidates = node.count - 1;
  if (candidates > kMaxInOperands && !bound_.legacy_) {
    return Invalid("The IN operator is provided with too many operands; number of operands: " +
                   std::to_string(candidates));
  }
  return CheckDistinct(node, "IN");
}

DbStatus Binder::CheckCall(const Node& node) {
  // By function: operands, and whether the first one must be a path.
  struct Rule {
    size_t operands;
    bool needs_path;
  };
  constexpr std::array<Rule, 8> kRules = {{{1, true},
                                           {1, true},
                                           {2, false},
                                           {2, false},
                                           {2, false},
                                           {1, false},
                                           {2, true},
                                           {2, false}}};
  const Rule& rule = kRules[static_cast<size_t>(node.function)];
  if (node.count != rule.operands) {
    return Invalid("Incorrect number of operands for operator or function; operator or function: " +
                   std::string(node.word) + ", number of operands: " + std::to_string(node.count));
  }
  if (rule.needs_path && syntax_.Operand(node, 0).kind != NodeKind::kPath) {
    return Invalid("Operator or function requires a document path; operator or function: " +
                   std::string(node.word));
  }
  if (node.function != Function::kListAppend) TRY(CheckDistinct(node, node.word));
  switch (node.function) {
    case Function::kAttributeType:
      return CheckAttributeType(node);
    case Function::kBeginsWith:
      return CheckTypes(node, node.word, IsTextOrBinary);
    case Function::kSize:
      return CheckTypes(node, node.word, HasSize);
    case Function::kListAppend:
      return CheckTypes(node, node.word, IsList);
    default:
      return {};
  }
}

DbStatus Binder::CheckAttributeType(const Node& call) {
  const Node& operand = syntax_.Operand(call, 1);
  if (operand.kind == NodeKind::kPath) {
    return WrongType(call.word, "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
  }
  StaticType type = TypeOf(operand);
  if (type.type != Type::kS) return WrongType(call.word, model::TypeName(type.type));
  const auto& name = *bound_.ValueOf(operand).As<std::string>();
  Type named;
  if (model::TypeFromName(name, named)) return {};
  return Invalid("Invalid attribute type name found; type: " + name +
                 ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
}

DbStatus Binder::CheckActionOperand(const Action& action) {
  if (action.section != Section::kAdd && action.section != Section::kDelete) return {};
  if (bound_.legacy_) return {};  // checked before it was written as an expression
  constexpr std::array<std::string_view, 7> kLongNames = {"STRING", "NUMBER", "BINARY", "BOOLEAN",
                                                          "NULL",   "LIST",   "MAP"};
  bool add = action.section == Section::kAdd;
  Type type = bound_.ValueOf(syntax_.nodes[action.value()]).type();
  if (type >= Type::kSS || (add && type == Type::kN)) return {};
  std::string word = add ? "ADD" : "DELETE";
  return Invalid("Incorrect operand type for operator or function; operator: " + word +
                 ", operand type: " + std::string(kLongNames[static_cast<size_t>(type)]) +
                 ", typeSet: ALLOWED_FOR_" + word + "_OPERAND");
}

DbStatus Binder::CheckDistinct(const Node& node, std::string_view word) {
  const Node& first = syntax_.Operand(node, 0);
  if (first.kind != NodeKind::kPath) return {};
  for (uint32_t i = 1; i < node.count; ++i) {
    const Node& other = syntax_.Operand(node, i);
    if (other.kind != NodeKind::kPath || other.count != first.count) continue;
    bool same = true;
    for (uint32_t k = 0; k < first.count && same; ++k) {
      same = bound_.StepOf(first, k) == bound_.StepOf(other, k);
    }
    if (!same) continue;
    return Invalid(
        "The first operand must be distinct from the remaining operands for this operator or "
        "function; operator: " +
        std::string(word) + ", first operand: " + PathText(bound_.StepsOf(first)));
  }
  return {};
}

DbStatus Binder::CheckTypes(const Node& node, std::string_view word, bool (*fits)(Type)) {
  for (uint32_t i = 0; i < node.count; ++i) {
    StaticType type = TypeOf(syntax_.Operand(node, i));
    if (type.known && !fits(type.type)) return WrongType(word, model::TypeName(type.type));
  }
  return {};
}

Binder::StaticType Binder::TypeOf(const Node& operand) const {
  if (operand.kind == NodeKind::kValue) return {true, bound_.ValueOf(operand).type()};
  if (operand.kind == NodeKind::kCall && operand.function == Function::kSize) {
    return {true, Type::kN};
  }
  if (operand.kind != NodeKind::kPath && operand.kind != NodeKind::kArithmetic &&
      !IsValueCall(operand)) {
    return {true, Type::kBool};  // a condition, which only PartiQL compares
  }
  return {};
}

}  // namespace cruddur::expr
