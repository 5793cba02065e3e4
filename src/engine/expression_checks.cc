#include "engine/expression_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/result.h"
#include "expr/expression.h"

namespace cruddur::engine {

using model::DbStatus;
using model::Invalid;

DbStatus CheckNames(const model::ExpressionNames& names, bool any_expression) {
  if (!names.empty() && !any_expression) {
    return Invalid("ExpressionAttributeNames can only be specified when using expressions");
  }
  static const model::Item kNoValues;
  return expr::Bindings(names, kNoValues).CheckDefinitions();
}

DbStatus CheckPlaceholders(const model::Placeholders& placeholders,
                           std::initializer_list<NamedExpression> expressions) {
  if (placeholders.names.empty() && placeholders.values.empty()) return {};
  if (placeholders.legacy.others) return {};  // made with the expressions
  const bool any = std::ranges::any_of(
      expressions, [](const NamedExpression& expression) { return expression.text.has_value(); });
  TRY(CheckNames(placeholders.names, any));
  if (!placeholders.values.empty() && !any) {
    std::string names;
    for (const NamedExpression& expression : expressions) {
      if (!names.empty()) names += " and ";
      names += expression.name;
    }
    return Invalid(
        fmt::format("ExpressionAttributeValues can only be specified when using expressions: {} {} "
                    "null",
                    names, expressions.size() == 1 ? "is" : "are"));
  }
  return expr::Bindings(placeholders).CheckDefinitions();
}

}  // namespace cruddur::engine
