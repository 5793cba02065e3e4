#include "dynamo/legacy_parameters.h"

#include <fmt/format.h>

#include <unordered_map>

#include "dynamo/legacy_shapes.h"

namespace cruddur::dynamo {
namespace {

using expr::ComparisonOperator;
using expr::LegacyCondition;
using expr::LegacyUpdate;
using model::AttributeValue;
using model::DbResult;

// Of a name that is there twice, the later one counts.
std::vector<std::pair<std::string_view, json::Element>> EntriesOf(const json::Element* value) {
  std::vector<std::pair<std::string_view, json::Element>> entries;
  if (value == nullptr || !value->is_object()) return entries;
  std::unordered_map<std::string_view, size_t> places;
  for (auto [name, each] : value->get_object().value_unsafe()) {
    if (!each.is_object()) continue;
    const auto [at, is_new] = places.emplace(name, entries.size());
    if (is_new) {
      entries.emplace_back(name, each);
    } else {
      entries[at->second].second = each;
    }
  }
  return entries;
}

std::unexpected<model::DbError> InvalidParameter(std::string_view what) {
  return model::Invalid(fmt::format("One or more parameter values were invalid: {}", what));
}

model::DbStatus CheckName(std::string_view name) {
  if (!name.empty()) return {};
  return model::Invalid("Empty attribute name");
}

template <const Shape& S>
DbResult<std::vector<AttributeValue>> ReadValues(const Fields<S>& fields, model::ValueLayer layer) {
  std::vector<AttributeValue> values;
  const json::Element* list = fields.At("AttributeValueList");
  if (list == nullptr || !list->is_array()) return values;
  for (json::Element each : list->get_array().value_unsafe()) {
    TRY_ASSIGN(values.emplace_back(), model::ReadAttributeValue(each, layer));
  }
  return values;
}

DbResult<LegacyCondition> ReadCondition(std::string_view name, json::Element value,
                                        model::ValueLayer layer) {
  Fields<kCondition> fields(value);
  TRY(CheckName(name));
  LegacyCondition condition{std::string(name), {}, {}};
  condition.comparison =
      fields.Enum<ComparisonOperator>("ComparisonOperator", ComparisonOperator::kEqual);
  TRY_ASSIGN(condition.values, ReadValues(fields, layer));
  TRY(expr::CheckLegacyCondition(condition));
  return condition;
}

// The form with a ComparisonOperator.
DbResult<LegacyCondition> ReadComparison(const Fields<kExpectedValue>& fields,
                                         std::string_view name, ComparisonOperator comparison,
                                         model::ValueLayer layer) {
  if (fields.Has("Exists")) {
    return InvalidParameter(fmt::format(
        "Exists and ComparisonOperator cannot be used together for Attribute: {}", name));
  }
  const bool needs_none =
      comparison == ComparisonOperator::kNull || comparison == ComparisonOperator::kNotNull;
  if (!needs_none && !fields.Has("AttributeValueList") && !fields.Has("Value")) {
    return InvalidParameter(fmt::format(
        "Value or AttributeValueList must be used with ComparisonOperator: {} for Attribute: {}",
        expr::NameOf(comparison), name));
  }
  LegacyCondition condition{std::string(name), comparison, {}};
  TRY_ASSIGN(condition.values, ReadValues(fields, layer));
  if (const json::Element* value = fields.At("Value")) {
    TRY_ASSIGN(condition.values.emplace_back(), model::ReadAttributeValue(*value, layer));
  }
  TRY(expr::CheckLegacyCondition(condition));
  return condition;
}

// The older form: a value that must be there, or an attribute that mustn't.
DbResult<LegacyCondition> ReadExistence(const Fields<kExpectedValue>& fields, std::string_view name,
                                        model::ValueLayer layer) {
  if (fields.Has("AttributeValueList")) {
    return InvalidParameter(fmt::format(
        "AttributeValueList can only be used with a ComparisonOperator for Attribute: {}", name));
  }
  const bool exists = fields.Bool("Exists", true);
  const json::Element* value = fields.At("Value");
  if (exists && value == nullptr) {
    return InvalidParameter(
        fmt::format("Value must be provided when Exists is {} for Attribute: {}",
                    fields.Has("Exists") ? "true" : "null", name));
  }
  if (!exists && value != nullptr) {
    return InvalidParameter(
        fmt::format("Value cannot be used when Exists is false for Attribute: {}", name));
  }
  LegacyCondition condition{std::string(name), ComparisonOperator::kNull, {}};
  if (value == nullptr) return condition;
  condition.comparison = ComparisonOperator::kEqual;
  TRY_ASSIGN(condition.values.emplace_back(), model::ReadAttributeValue(*value, layer));
  return condition;
}

DbResult<LegacyCondition> ReadExpectedValue(std::string_view name, json::Element value,
                                            model::ValueLayer layer) {
  Fields<kExpectedValue> fields(value);
  TRY(CheckName(name));
  if (fields.Has("AttributeValueList") && fields.Has("Value")) {
    return InvalidParameter(fmt::format(
        "Value and AttributeValueList cannot be used together for Attribute: {}", name));
  }
  if (auto comparison = fields.OptionalEnum<ComparisonOperator>("ComparisonOperator")) {
    return ReadComparison(fields, name, *comparison, layer);
  }
  return ReadExistence(fields, name, layer);
}

DbResult<LegacyUpdate> ReadValueUpdate(std::string_view name, json::Element value,
                                       model::ValueLayer layer) {
  Fields<kValueUpdate> fields(value);
  TRY(CheckName(name));
  LegacyUpdate update{std::string(name), {}, {}};
  update.action = fields.Enum<expr::LegacyAction>("Action", expr::LegacyAction::kPut);
  if (const json::Element* content = fields.At("Value")) {
    TRY_ASSIGN(update.value, model::ReadAttributeValue(*content, layer));
  }
  TRY(expr::CheckLegacyUpdate(update));
  return update;
}

// The first entry that is wrong answers.
template <class Result, class Read>
std::vector<Result> ReadEntries(const json::Element* value, CheckStage stage, RequestIssues& issues,
                                Read&& read) {
  std::vector<Result> results;
  for (const auto& [name, each] : EntriesOf(value)) {
    DbResult<Result> result = read(name, each, issues.values());
    if (!result) {
      issues.Fail(stage, std::move(result).error());
      break;
    }
    results.push_back(*std::move(result));
  }
  return results;
}

}  // namespace

std::vector<LegacyCondition> ReadConditions(const json::Element* value, CheckStage stage,
                                            RequestIssues& issues) {
  return ReadEntries<LegacyCondition>(value, stage, issues, ReadCondition);
}

std::vector<LegacyCondition> ReadExpected(const json::Element* value, RequestIssues& issues) {
  return ReadEntries<LegacyCondition>(value, CheckStage::kRules, issues, ReadExpectedValue);
}

std::vector<LegacyUpdate> ReadAttributeUpdates(const json::Element* value, RequestIssues& issues) {
  return ReadEntries<LegacyUpdate>(value, CheckStage::kRules, issues, ReadValueUpdate);
}

std::vector<std::string> ReadAttributesToGet(const json::Element* value, CheckStage stage,
                                             RequestIssues& issues) {
  std::vector<std::string> attributes;
  if (value == nullptr || !value->is_array()) return attributes;
  for (json::Element each : value->get_array().value_unsafe()) {
    if (!each.is_string()) continue;
    attributes.emplace_back(each.get_string().value_unsafe());
    if (model::DbStatus status = CheckName(attributes.back()); !status) {
      issues.Fail(stage, std::move(status).error());
      return {};
    }
  }
  if (model::DbStatus status = expr::CheckAttributesToGet(attributes); !status) {
    issues.Fail(stage, std::move(status).error());
  }
  return attributes;
}

}  // namespace cruddur::dynamo
