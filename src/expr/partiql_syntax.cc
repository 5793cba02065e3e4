#include "expr/partiql_syntax.h"

#include <fmt/format.h>

#include <algorithm>

namespace cruddur::expr {

std::unexpected<DbError> Malformed(std::string_view detail) {
  return model::Invalid("Statement wasn't well formed, can't be processed: " + std::string(detail));
}

std::string PlaceText(const TextPlace& place) {
  return fmt::format(" at {}:{}:{}", place.line, place.column, place.length);
}

std::string_view PartiqlName(const PartiqlNode& node) {
  struct Name {
    std::string_view text, name;
  };
  static constexpr Name kOperators[] = {
      {"and", "And"},   {"or", "Or"},     {"=", "Eq"},     {"<>", "Ne"},
      {"!=", "Ne"},     {"<", "Lt"},      {"<=", "Lte"},   {">", "Gt"},
      {">=", "Gte"},    {"like", "Like"}, {"+", "Plus"},   {"-", "Minus"},
      {"||", "Concat"}, {"*", "Times"},   {"/", "Divide"}, {"%", "Modulo"}};
  switch (node.kind) {
    case PartiqlNode::kMissing:
      return "Missing";
    case PartiqlNode::kParameter:
      return "Parameter";
    case PartiqlNode::kPath:
      return node.steps.size() == 1 ? "Id" : "Path";
    case PartiqlNode::kList:
      return "List";
    case PartiqlNode::kBag:
      return "Bag";
    case PartiqlNode::kStruct:
      return "Struct";
    case PartiqlNode::kCall:
      return node.text;
    case PartiqlNode::kSelect:
      return "Select";
    case PartiqlNode::kNot:
      return "Not";
    case PartiqlNode::kPositive:
      return "Pos";
    case PartiqlNode::kNegative:
      return "Neg";
    case PartiqlNode::kBetween:
      return "Between";
    case PartiqlNode::kIn:
      return "InCollection";
    case PartiqlNode::kIs:
      return "IsType";
    case PartiqlNode::kInfix: {
      const auto* at = std::ranges::find(kOperators, node.text, &Name::text);
      return at == std::end(kOperators) ? "Call" : at->name;
    }
    default:
      return "Lit";
  }
}

}  // namespace cruddur::expr
