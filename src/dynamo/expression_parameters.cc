#include "dynamo/expression_parameters.h"

#include <fmt/format.h>

#include "expr/expression.h"

namespace cruddur::dynamo {
namespace {

// Emptiness and the form of the keys; false when an issue was noted.
bool CheckKeys(json::Object object, std::string_view parameter, char sign, RequestIssues& issues) {
  if (object.size() == 0) {
    issues.FailRule(CheckStage::kRules, fmt::format("{} must not be empty", parameter));
    return false;
  }
  for (auto [key, value] : object) {
    model::DbStatus form = expr::CheckPlaceholder(parameter, key, sign);
    if (form) continue;
    issues.Fail(CheckStage::kRules, std::move(form).error());
    return false;
  }
  return true;
}

void Join(std::string& out, std::string_view name, std::string_view separator) {
  if (!out.empty()) out += separator;
  out += name;
}

}  // namespace

void CheckMixing(const MemberIndex& index, const Shape& shape, RequestIssues& issues) {
  std::string expressions;        // those given
  std::string value_expressions;  // those that could be given and take values
  size_t value_expression_count = 0, conditions = 0;
  bool takes_values = false, names = false, values = false, key_condition = false;
  std::string_view legacy[4];  // those given, in AWS's order
  for (size_t i = 0; i < shape.members.size(); ++i) {
    const Member& member = shape.members[i];
    const json::Element* given = index.At(i);
    switch (member.role) {
      case MemberRole::kExpression:
        Join(value_expressions, member.name, " and ");
        ++value_expression_count;
        takes_values = takes_values || given;
        key_condition = key_condition || (given && member.name == "KeyConditionExpression");
        [[fallthrough]];
      case MemberRole::kProjection:
        if (given) Join(expressions, member.name, ", ");
        break;
      case MemberRole::kLegacyConditions:
        if (given) conditions = given->get_object().value_unsafe().size();
        [[fallthrough]];
      case MemberRole::kLegacy:
      case MemberRole::kConditionalOperator:
      case MemberRole::kKeyConditions:
        if (given) {
          legacy[static_cast<size_t>(member.role) - static_cast<size_t>(MemberRole::kLegacy)] =
              member.name;
        }
        break;
      case MemberRole::kPlain:
        if (!given) break;
        names = names || member.name == "ExpressionAttributeNames";
        values = values || member.name == "ExpressionAttributeValues";
        break;
    }
  }
  // AWS lets KeyConditions stand beside a FilterExpression, only not beside its own successor.
  const std::string_view conditional_operator = legacy[2];
  if (!key_condition) legacy[3] = {};
  std::string mixed;
  for (std::string_view each : legacy) {
    if (!each.empty()) Join(mixed, each, ", ");
  }
  if (!expressions.empty() && !mixed.empty()) {
    issues.FailRule(
        CheckStage::kMixing,
        fmt::format("Can not use both expression and non-expression parameters in the same "
                    "request: Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
                    mixed, expressions));
  } else if (names && expressions.empty()) {
    issues.FailRule(CheckStage::kMixing,
                    "ExpressionAttributeNames can only be specified when using expressions");
  } else if (values && !takes_values) {
    std::string text = "ExpressionAttributeValues can only be specified when using expressions";
    if (!issues.enveloped()) {
      fmt::format_to(std::back_inserter(text), ": {} {} null", value_expressions,
                     value_expression_count == 1 ? "is" : "are");
    }
    issues.FailRule(CheckStage::kMixing, std::move(text));
  } else if (!conditional_operator.empty() && conditions < 2) {
    issues.FailRule(CheckStage::kMixing,
                    conditions == 0
                        ? "ConditionalOperator cannot be used without Filter or Expected"
                        : "ConditionalOperator can only be used when Filter or Expected has two or "
                          "more elements");
  }
}

model::ExpressionNames ReadExpressionNames(const json::Element* value, RequestIssues& issues) {
  model::ExpressionNames names;
  if (value == nullptr || !value->is_object()) return names;
  json::Object object = value->get_object().value_unsafe();
  if (!CheckKeys(object, "ExpressionAttributeNames", '#', issues)) return names;
  for (auto [key, name] : object) {
    if (name.is_string()) names.emplace_back(key, name.get_string().value_unsafe());
  }
  return names;
}

model::Item ReadExpressionValues(const json::Element* value, RequestIssues& issues) {
  if (value == nullptr || !value->is_object()) return {};
  json::Object object = value->get_object().value_unsafe();
  model::DbResult<model::Item> values = model::ReadItem(*value, issues.values());
  if (!values && values.error().code == model::DbErrorCode::kSerialization) {
    issues.Fail(CheckStage::kTypes, std::move(values).error());
    return {};
  }
  if (!CheckKeys(object, "ExpressionAttributeValues", ':', issues)) return {};
  if (values) return *std::move(values);
  if (issues.current()) {
    issues.Fail(CheckStage::kRules, std::move(values).error());
    return {};
  }
  for (auto [key, each] : object) {
    auto read = model::ReadAttributeValue(each);
    if (read) continue;
    issues.FailRule(CheckStage::kRules,
                    fmt::format("ExpressionAttributeValues contains invalid value: {} for key {}",
                                read.error().message, key));
    return {};
  }
  issues.Fail(CheckStage::kRules, std::move(values).error());
  return {};
}

void WriteExpressionNames(json::Writer& out, const model::ExpressionNames& names) {
  if (names.empty()) return;
  out.Key("ExpressionAttributeNames").BeginObject();
  for (const auto& [placeholder, name] : names) out.EscapedKey(placeholder).String(name);
  out.EndObject();
}

void WritePlaceholders(json::Writer& out, const model::Placeholders& placeholders) {
  WriteExpressionNames(out, placeholders.names);
  if (placeholders.values.empty()) return;
  out.Key("ExpressionAttributeValues");
  model::WriteItem(out, placeholders.values);
}

}  // namespace cruddur::dynamo
