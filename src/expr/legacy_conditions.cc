#include "expr/legacy_conditions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "expr/comparison.h"

namespace cruddur::expr {
namespace {

using model::AttributeValue;
using model::Type;

enum class Operands : uint8_t { kNone, kOne, kTwo, kSome };

struct Rule {
  std::string_view name;
  Operands operands;
  bool (*fits)(Type);
  std::string_view text;  // with {0} for the attribute, {1} and {2} for values
};

bool AnyType(Type) { return true; }
bool IsScalar(Type type) { return type == Type::kS || type == Type::kN || type == Type::kB; }
bool IsTextOrBinary(Type type) { return type == Type::kS || type == Type::kB; }

// In the order of the enumeration. What isn't there doesn't fail to contain anything, so
// NOT_CONTAINS asks for the attribute too.
constexpr std::array<Rule, 13> kRules = {{
    {"IN", Operands::kSome, IsScalar, "{0} IN ({1})"},
    {"NULL", Operands::kNone, AnyType, "attribute_not_exists({0})"},
    {"BETWEEN", Operands::kTwo, IsScalar, "{0} BETWEEN {1} AND {2}"},
    {"LT", Operands::kOne, IsScalar, "{0} < {1}"},
    {"NOT_CONTAINS", Operands::kOne, IsScalar,
     "(attribute_exists({0}) AND NOT contains({0}, {1}))"},
    {"EQ", Operands::kOne, AnyType, "{0} = {1}"},
    {"GT", Operands::kOne, IsScalar, "{0} > {1}"},
    {"NOT_NULL", Operands::kNone, AnyType, "attribute_exists({0})"},
    {"NE", Operands::kOne, AnyType, "{0} <> {1}"},
    {"LE", Operands::kOne, IsScalar, "{0} <= {1}"},
    {"BEGINS_WITH", Operands::kOne, IsTextOrBinary, "begins_with({0}, {1})"},
    {"GE", Operands::kOne, IsScalar, "{0} >= {1}"},
    {"CONTAINS", Operands::kOne, IsScalar, "contains({0}, {1})"},
}};

const Rule& RuleOf(ComparisonOperator comparison) {
  return kRules[static_cast<size_t>(comparison)];
}

bool CountFits(size_t count, Operands operands) {
  switch (operands) {
    case Operands::kNone:
      return count == 0;
    case Operands::kOne:
      return count == 1;
    case Operands::kTwo:
      return count == 2;
    case Operands::kSome:
      return count > 0;
  }
  return false;
}

std::unexpected<model::DbError> InvalidParameter(std::string_view what) {
  return model::Invalid(fmt::format("One or more parameter values were invalid: {}", what));
}

bool IsIndexable(ComparisonOperator comparison) {
  switch (comparison) {
    case ComparisonOperator::kIn:
    case ComparisonOperator::kNull:
    case ComparisonOperator::kNotNull:
    case ComparisonOperator::kNotEqual:
    case ComparisonOperator::kContains:
    case ComparisonOperator::kNotContains:
      return false;
    default:
      return true;
  }
}

std::string Write(LegacyCondition condition, LegacyPlaceholders& placeholders) {
  const std::string name = placeholders.Name(std::move(condition.attribute));
  std::string first, second;
  if (condition.comparison == ComparisonOperator::kIn) {
    for (AttributeValue& value : condition.values) {
      if (!first.empty()) first += ", ";
      first += placeholders.Value(std::move(value));
    }
  } else {
    if (!condition.values.empty()) first = placeholders.Value(std::move(condition.values[0]));
    if (condition.values.size() > 1) second = placeholders.Value(std::move(condition.values[1]));
  }
  return fmt::format(fmt::runtime(RuleOf(condition.comparison).text), name, first, second);
}

}  // namespace

std::string_view NameOf(ComparisonOperator comparison) { return RuleOf(comparison).name; }

model::DbStatus CheckLegacyCondition(const LegacyCondition& condition) {
  const Rule& rule = RuleOf(condition.comparison);
  const std::vector<AttributeValue>& values = condition.values;
  if (!CountFits(values.size(), rule.operands)) {
    return InvalidParameter(
        fmt::format("Invalid number of argument(s) for the {} ComparisonOperator", rule.name));
  }
  if (values.empty()) return {};
  const Type type = values.front().type();
  if (std::ranges::any_of(values, [type](const auto& value) { return value.type() != type; })) {
    return InvalidParameter("AttributeValues inside AttributeValueList must be of same type");
  }
  if (!rule.fits(type)) {
    return InvalidParameter(
        fmt::format("ComparisonOperator {} is not valid for {} AttributeValue type", rule.name,
                    model::TypeName(type)));
  }
  if (condition.comparison == ComparisonOperator::kBetween && Compare(values[0], values[1]) > 0) {
    return model::Invalid(
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper bound");
  }
  return {};
}

std::string WriteConditions(std::vector<LegacyCondition> conditions, Junction junction,
                            LegacyPlaceholders& placeholders) {
  std::string text;
  for (LegacyCondition& each : conditions) {
    if (!text.empty()) text += junction == Junction::kAnd ? " AND " : " OR ";
    text += Write(std::move(each), placeholders);
  }
  return text;
}

std::string WriteKeyConditions(std::vector<LegacyCondition> conditions,
                               LegacyPlaceholders& placeholders) {
  for (LegacyCondition& each : conditions) {
    if (IsIndexable(each.comparison)) continue;
    each.comparison = ComparisonOperator::kNotNull;
    each.values.clear();
  }
  return WriteConditions(std::move(conditions), Junction::kAnd, placeholders);
}

}  // namespace cruddur::expr
