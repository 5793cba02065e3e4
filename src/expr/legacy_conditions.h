// The conditions that expressions replaced (Expected, QueryFilter, ScanFilter, KeyConditions),
// checked in AWS's words and written as expressions, so that one evaluator serves both.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "expr/legacy_placeholders.h"
#include "model/error.h"

namespace cruddur::expr {

enum class ComparisonOperator : uint8_t {
  kIn,
  kNull,  // the attribute isn't there
  kBetween,
  kLess,
  kNotContains,
  kEqual,
  kGreater,
  kNotNull,
  kNotEqual,
  kLessEqual,
  kBeginsWith,
  kGreaterEqual,
  kContains,
};

struct LegacyCondition {
  std::string attribute;  // of the item: a dot in it is a dot
  ComparisonOperator comparison = ComparisonOperator::kEqual;
  std::vector<model::AttributeValue> values;
};

// "BEGINS_WITH".
std::string_view NameOf(ComparisonOperator comparison);

// How many values there are, and of what types: ValidationExceptions.
model::DbStatus CheckLegacyCondition(const LegacyCondition& condition);

enum class Junction : uint8_t { kAnd, kOr };

// REQUIRES (of both): at least one condition, and CheckLegacyCondition accepted each.
std::string WriteConditions(std::vector<LegacyCondition> conditions, Junction junction,
                            LegacyPlaceholders& placeholders);
// For KeyCondition, with model::LegacyUse::key_conditions set.
std::string WriteKeyConditions(std::vector<LegacyCondition> conditions,
                               LegacyPlaceholders& placeholders);

}  // namespace cruddur::expr
