#include "engine/expression_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/result.h"

namespace cruddur::engine {
namespace {

using model::DbStatus;
using model::Invalid;

bool IsPlaceholder(std::string_view text, char first) {
  return text.size() > 1 && text.front() == first &&
         std::ranges::all_of(text.substr(1), [](unsigned char c) {
           return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                  (c >= 'A' && c <= 'Z');
         });
}

DbStatus Malformed(std::string_view member, std::string_view placeholder) {
  return Invalid(
      fmt::format("{} contains invalid key: Syntax error; key: \"{}\"", member, placeholder));
}

}  // namespace

DbStatus CheckNames(const model::ExpressionNames& names, bool any_expression) {
  if (!names.empty() && !any_expression) {
    return Invalid("ExpressionAttributeNames can only be specified when using expressions");
  }
  for (const auto& [name, attribute] : names) {
    if (!IsPlaceholder(name, '#')) return Malformed("ExpressionAttributeNames", name);
  }
  return {};
}

DbStatus CheckPlaceholders(const model::Placeholders& placeholders,
                           std::initializer_list<NamedExpression> expressions) {
  if (placeholders.names.empty() && placeholders.values.empty()) return {};
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
  for (const model::Attribute& value : placeholders.values) {
    if (!IsPlaceholder(value.name, ':')) return Malformed("ExpressionAttributeValues", value.name);
  }
  return {};
}

}  // namespace cruddur::engine
