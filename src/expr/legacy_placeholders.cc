#include "expr/legacy_placeholders.h"

#include <algorithm>
#include <utility>

namespace cruddur::expr {

// KeyConditions may stand beside a FilterExpression with placeholders of its own.
LegacyPlaceholders::LegacyPlaceholders(model::Placeholders& out) : out_(out) {
  const auto clashes = [&out](const std::string& prefix) {
    return std::ranges::any_of(out.names,
                               [&](const auto& name) { return name.first.starts_with(prefix); }) ||
           std::ranges::any_of(out.values,
                               [&](const auto& value) { return value.name.starts_with(prefix); });
  };
  while (clashes(name_prefix_)) name_prefix_ += '_';
  while (clashes(value_prefix_)) value_prefix_ += '_';
}

LegacyPlaceholders::~LegacyPlaceholders() { out_.values.Sort(); }

std::string LegacyPlaceholders::Name(std::string attribute) {
  std::string placeholder = name_prefix_ + std::to_string(names_++);
  out_.names.emplace_back(placeholder, std::move(attribute));
  return placeholder;
}

std::string LegacyPlaceholders::Value(model::AttributeValue value) {
  std::string placeholder = value_prefix_ + std::to_string(values_++);
  out_.values.Append(placeholder, std::move(value));
  return placeholder;
}

}  // namespace cruddur::expr
