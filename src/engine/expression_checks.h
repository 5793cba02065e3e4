// Placeholders against the expressions that may use them, before anything is compiled.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "model/operations.h"

namespace cruddur::engine {

struct NamedExpression {
  std::string_view name;  // "ConditionExpression"
  const std::optional<std::string>& text;
};

// Names without any expression, and malformed ones.
model::DbStatus CheckNames(const model::ExpressionNames& names, bool any_expression);

// The same of names and values.
model::DbStatus CheckPlaceholders(const model::Placeholders& placeholders,
                                  std::initializer_list<NamedExpression> expressions);

}  // namespace cruddur::engine
