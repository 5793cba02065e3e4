#include "expr/partiql_compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>

#include "base/result.h"
#include "expr/partiql_columns.h"

namespace cruddur::expr {
namespace {

using model::AttributeValue;
using model::Invalid;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  return lower;
}

struct FunctionName {
  std::string_view name;
  Function function;
};
constexpr FunctionName kConditionFunctions[] = {
    {"attribute_exists", Function::kAttributeExists},
    {"attribute_not_exists", Function::kAttributeNotExists},
    {"attribute_type", Function::kAttributeType},
    {"begins_with", Function::kBeginsWith},
    {"contains", Function::kContains},
    {"size", Function::kSize},
};
constexpr FunctionName kUpdateFunctions[] = {
    {"list_append", Function::kListAppend},
    {"if_not_exists", Function::kIfNotExists},
};

struct ComparatorName {
  std::string_view text;
  Comparator comparator;
};
constexpr ComparatorName kComparators[] = {
    {"=", Comparator::kEqual},         {"<>", Comparator::kNotEqual},
    {"!=", Comparator::kNotEqual},     {"<", Comparator::kLess},
    {"<=", Comparator::kLessEqual},    {">", Comparator::kGreater},
    {">=", Comparator::kGreaterEqual},
};

// IS type: the types of DynamoDB that it means.
struct TypeNames {
  std::string_view partiql;
  std::string_view types[3];
};
constexpr TypeNames kTypes[] = {
    {"null", {"NULL"}}, {"bool", {"BOOL"}},          {"boolean", {"BOOL"}}, {"blob", {"B"}},
    {"string", {"S"}},  {"numeric", {"N"}},          {"struct", {"M"}},     {"tuple", {"M"}},
    {"list", {"L"}},    {"bag", {"SS", "NS", "BS"}},
};

std::unexpected<DbError> UnsupportedOperation(const PartiqlNode& node) {
  return Invalid("Unsupported operation: " + std::string(PartiqlName(node)));
}
std::unexpected<DbError> UnrecognizedFunction(const PartiqlNode& call) {
  return Invalid("Unrecognized function: " + call.text + PlaceText(call.place));
}

bool SamePath(const PartiqlNode& a, const PartiqlNode& b) {
  return std::ranges::equal(a.steps, b.steps, [](const PartiqlStep& x, const PartiqlStep& y) {
    return x.kind == y.kind && x.text == y.text;
  });
}

class Compiler {
 public:
  explicit Compiler(PartiqlParameters parameters) : parameters_(parameters) {}

  DbResult<Bound> Condition(const PartiqlNode& where) {
    TRY_ASSIGN(syntax_->root, AddCondition(where));
    return Finish(Grammar::kCondition);
  }

  DbResult<Bound> Actions(const std::vector<PartiqlAction>& actions) {
    for (const PartiqlAction& action : actions) TRY(AddAction(action));
    return Finish(Grammar::kUpdate);
  }

 private:
  // What the compiled tree refers to, in places that stay.
  struct Owned {
    std::deque<std::string> names;
    std::deque<AttributeValue> values;
  };

  DbResult<Bound> Finish(Grammar grammar) {
    std::vector<const AttributeValue*> values;
    for (const AttributeValue& value : owned_->values) values.push_back(&value);
    syntax_->values.resize(values.size());
    return Bound::MakeFrom(grammar, std::move(syntax_), std::move(values), std::move(owned_));
  }

  uint32_t Add(Node node) {
    syntax_->nodes.push_back(node);
    return static_cast<uint32_t>(syntax_->nodes.size() - 1);
  }

  uint32_t AddWithOperands(Node node, std::initializer_list<uint32_t> operands) {
    node.first = static_cast<uint32_t>(syntax_->edges.size());
    node.count = static_cast<uint32_t>(operands.size());
    syntax_->edges.insert(syntax_->edges.end(), operands);
    return Add(node);
  }

  uint32_t AddValue(AttributeValue value) {
    owned_->values.push_back(std::move(value));
    return Add({.kind = NodeKind::kValue,
                .first = static_cast<uint32_t>(owned_->values.size() - 1),
                .word = ""});
  }

  DbResult<uint32_t> AddPath(const PartiqlNode& path) {
    TRY_ASSIGN(const Path steps, PartiqlPath(path));
    const Node node{.kind = NodeKind::kPath,
                    .first = static_cast<uint32_t>(syntax_->steps.size()),
                    .count = static_cast<uint32_t>(steps.size()),
                    .word = ""};
    for (const PathStep& step : steps) {
      if (step.name.empty()) {
        syntax_->steps.push_back({.index = static_cast<int32_t>(step.index)});
      } else {
        syntax_->steps.push_back({.name = owned_->names.emplace_back(step.name)});
      }
    }
    return Add(node);
  }

  DbResult<uint32_t> AddCondition(const PartiqlNode& node) {
    switch (node.kind) {
      case PartiqlNode::kNot: {
        TRY_ASSIGN(const uint32_t operand, AddCondition(node.operands[0]));
        return AddWithOperands({.kind = NodeKind::kNot, .word = "NOT"}, {operand});
      }
      case PartiqlNode::kInfix:
        if (node.text == "and" || node.text == "or") return AddLogic(node);
        return AddComparison(node);
      case PartiqlNode::kBetween:
        return AddOperator({.kind = NodeKind::kBetween, .word = "BETWEEN"}, node.operands);
      case PartiqlNode::kIn:
        return AddOperator({.kind = NodeKind::kIn, .word = "IN"}, node.operands);
      case PartiqlNode::kIs:
        return AddTypeTest(node);
      case PartiqlNode::kCall:
        if (Lower(node.text) != "size") return AddCall(node, kConditionFunctions);
        return UnsupportedOperation(node);
      default:
        return UnsupportedOperation(node);
    }
  }

  DbResult<uint32_t> AddLogic(const PartiqlNode& node) {
    const bool both = node.text == "and";
    TRY_ASSIGN(uint32_t left, AddCondition(node.operands[0]));
    for (size_t i = 1; i < node.operands.size(); ++i) {
      TRY_ASSIGN(const uint32_t right, AddCondition(node.operands[i]));
      left = AddWithOperands(
          {.kind = both ? NodeKind::kAnd : NodeKind::kOr, .word = both ? "AND" : "OR"},
          {left, right});
    }
    return left;
  }

  DbResult<uint32_t> AddComparison(const PartiqlNode& node) {
    const auto* at = std::ranges::find(kComparators, node.text, &ComparatorName::text);
    if (at == std::end(kComparators)) return UnsupportedOperation(node);
    return AddOperator({.kind = NodeKind::kCompare, .comparator = at->comparator, .word = at->text},
                       node.operands);
  }

  DbResult<uint32_t> AddOperator(Node node, const std::vector<PartiqlNode>& operands) {
    std::vector<uint32_t> ids;
    for (const PartiqlNode& operand : operands) {
      TRY_ASSIGN(ids.emplace_back(), AddOperand(operand));
    }
    node.first = static_cast<uint32_t>(syntax_->edges.size());
    node.count = static_cast<uint32_t>(ids.size());
    syntax_->edges.insert(syntax_->edges.end(), ids.begin(), ids.end());
    return Add(node);
  }

  // What a comparison compares: a value, a path, size(), or a condition, which is a boolean.
  DbResult<uint32_t> AddOperand(const PartiqlNode& node) {
    switch (node.kind) {
      case PartiqlNode::kPath:
        return AddPath(node);
      case PartiqlNode::kCall:
        return AddCall(node, kConditionFunctions);
      case PartiqlNode::kNot:
      case PartiqlNode::kBetween:
      case PartiqlNode::kIn:
      case PartiqlNode::kIs:
      case PartiqlNode::kInfix:
        return AddCondition(node);
      case PartiqlNode::kPositive:
      case PartiqlNode::kNegative:
      case PartiqlNode::kSelect:
        return UnsupportedOperation(node);
      default: {
        TRY_ASSIGN(AttributeValue value, PartiqlValue(node, parameters_));
        return AddValue(std::move(value));
      }
    }
  }

  DbResult<uint32_t> AddCall(const PartiqlNode& call, std::span<const FunctionName> functions) {
    const auto at = std::ranges::find(functions, Lower(call.text), &FunctionName::name);
    if (at == functions.end()) return UnrecognizedFunction(call);
    return AddOperator({.kind = NodeKind::kCall, .function = at->function, .word = at->name},
                       call.operands);
  }

  DbResult<uint32_t> AddTypeTest(const PartiqlNode& node) {
    if (node.text == "missing") {
      return AddOperator({.kind = NodeKind::kCall,
                          .function = Function::kAttributeNotExists,
                          .word = "attribute_not_exists"},
                         node.operands);
    }
    const auto* at = std::ranges::find(kTypes, node.text, &TypeNames::partiql);
    if (at == std::end(kTypes)) {
      return Invalid(
          "Unsupported data type for IS operator: " + node.text +
          ". Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, "
          "TUPLE, LIST, BAG]");
    }
    std::optional<uint32_t> any;
    for (const std::string_view type : at->types) {
      if (type.empty()) break;
      TRY_ASSIGN(const uint32_t operand, AddOperand(node.operands[0]));
      const uint32_t test = AddWithOperands(
          {.kind = NodeKind::kCall, .function = Function::kAttributeType, .word = "attribute_type"},
          {operand, AddValue(type)});
      any = any ? AddWithOperands({.kind = NodeKind::kOr, .word = "OR"}, {*any, test}) : test;
    }
    return *any;
  }

  DbStatus AddAction(const PartiqlAction& action) {
    Action added{.section = action.value ? Section::kSet : Section::kRemove,
                 .clause = action.clause,
                 .first_node = static_cast<uint32_t>(syntax_->nodes.size())};
    TRY(AddPath(action.path));
    if (action.value) {
      TRY_ASSIGN(const bool on_set, AddSetFunction(action, added));
      if (!on_set) TRY(AddAssigned(*action.value));
    }
    added.end_node = static_cast<uint32_t>(syntax_->nodes.size());
    syntax_->actions.push_back(added);
    return {};
  }

  // a = set_add(a, <<…>>), or set_delete: what ADD and DELETE do.
  DbResult<bool> AddSetFunction(const PartiqlAction& action, Action& added) {
    const PartiqlNode& call = *action.value;
    if (call.kind != PartiqlNode::kCall) return false;
    const std::string name = Lower(call.text);
    const bool add = name == "set_add";
    if (!add && name != "set_delete") return false;
    const std::string_view shown = add ? "SET_ADD" : "SET_DELETE";
    if (call.operands.size() != 2) {
      return Invalid(
          fmt::format("{} must have exactly two arguments{}", shown, PlaceText(call.place)));
    }
    const PartiqlNode& first = call.operands[0];
    if (first.kind != PartiqlNode::kPath || !SamePath(first, action.path)) {
      return Invalid(fmt::format("The first argument to {} must equal the assignment value{}",
                                 shown, PlaceText(call.place)));
    }
    const PartiqlNode& second = call.operands[1];
    std::optional<AttributeValue> value;
    if (second.kind == PartiqlNode::kParameter || second.kind == PartiqlNode::kBag) {
      TRY_ASSIGN(value, PartiqlValue(second, parameters_));
    }
    if (!value || value->type() < model::Type::kSS) {
      return Invalid(fmt::format("The second argument to {} must be a value with type SET{}", shown,
                                 PlaceText(first.place)));
    }
    added.section = add ? Section::kAdd : Section::kDelete;
    AddValue(*std::move(value));
    return true;
  }

  // The right-hand side of SET.
  DbResult<uint32_t> AddAssigned(const PartiqlNode& node) {
    switch (node.kind) {
      case PartiqlNode::kPath:
        return AddPath(node);
      case PartiqlNode::kCall: {
        const auto* at = std::ranges::find(kUpdateFunctions, Lower(node.text), &FunctionName::name);
        if (at == std::end(kUpdateFunctions)) return UnrecognizedFunction(node);
        return AddAssignedOperands(
            {.kind = NodeKind::kCall, .function = at->function, .word = at->name}, node);
      }
      case PartiqlNode::kInfix: {
        if (node.text != "+" && node.text != "-") return UnsupportedOperation(node);
        return AddAssignedOperands(
            {.kind = NodeKind::kArithmetic, .word = node.text == "+" ? "+" : "-"}, node);
      }
      case PartiqlNode::kPositive:
      case PartiqlNode::kNegative:
      case PartiqlNode::kNot:
      case PartiqlNode::kBetween:
      case PartiqlNode::kIn:
      case PartiqlNode::kIs:
      case PartiqlNode::kSelect:
        return UnsupportedOperation(node);
      default: {
        TRY_ASSIGN(AttributeValue value, PartiqlValue(node, parameters_));
        return AddValue(std::move(value));
      }
    }
  }

  DbResult<uint32_t> AddAssignedOperands(Node node, const PartiqlNode& from) {
    std::vector<uint32_t> ids;
    for (const PartiqlNode& operand : from.operands) {
      TRY_ASSIGN(ids.emplace_back(), AddAssigned(operand));
    }
    node.first = static_cast<uint32_t>(syntax_->edges.size());
    node.count = static_cast<uint32_t>(ids.size());
    syntax_->edges.insert(syntax_->edges.end(), ids.begin(), ids.end());
    return Add(node);
  }

  PartiqlParameters parameters_;
  std::shared_ptr<Syntax> syntax_ = std::make_shared<Syntax>("");
  std::shared_ptr<Owned> owned_ = std::make_shared<Owned>();
};

}  // namespace

DbResult<Bound> CompilePartiqlCondition(const PartiqlNode& where, PartiqlParameters parameters) {
  return Compiler(parameters).Condition(where);
}

DbResult<Bound> CompilePartiqlActions(const std::vector<PartiqlAction>& actions,
                                      PartiqlParameters parameters) {
  return Compiler(parameters).Actions(actions);
}

}  // namespace cruddur::expr
