#include <algorithm>
#include <numeric>

#include "base/result.h"
#include "expr/expression.h"

namespace cruddur::expr {
namespace {

constexpr size_t kFewNames = 16;
constexpr size_t kMaxPlaceholderBytes = 255;
constexpr size_t kMaxNameBytes = 65'535;
constexpr size_t kMaxTotalBytes = 2 * 1024 * 1024;

bool IsPlaceholder(std::string_view text, char first) {
  return text.size() > 1 && text[0] == first && std::ranges::all_of(text.substr(1), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

DbStatus FailUnused(std::string_view parameter, std::vector<std::string_view> keys) {
  std::ranges::sort(keys);
  std::string message =
      "Value provided in " + std::string(parameter) + " unused in expressions: keys: {";
  for (size_t i = 0; i < keys.size(); ++i) message.append(i > 0 ? ", " : "").append(keys[i]);
  return model::Invalid(message += "}");
}

}  // namespace

DbStatus CheckPlaceholder(std::string_view parameter, std::string_view text, char first) {
  std::string problem = std::string(parameter) + " contains invalid key: ";
  if (text.size() > kMaxPlaceholderBytes) {
    problem += "The expression attribute map contains a key that is too long;";
    if (first == '#') problem += " size of key: " + std::to_string(text.size());
    return model::Invalid(std::move(problem));
  }
  if (!IsPlaceholder(text, first)) {
    return model::Invalid(problem.append("Syntax error; key: \"").append(text).append("\""));
  }
  return {};
}

Bindings::Bindings(const model::Placeholders& placeholders)
    : Bindings(placeholders.names, placeholders.values, placeholders.legacy) {}

Bindings::Bindings(const model::ExpressionNames& names, const model::Item& values,
                   model::LegacyUse legacy)
    : names_(names),
      values_(values),
      used_names_(names.size()),
      used_values_(values.size()),
      legacy_(legacy) {
  if (names.size() <= kFewNames) return;
  names_in_order_.resize(names.size());
  std::iota(names_in_order_.begin(), names_in_order_.end(), size_t{0});
  std::ranges::sort(names_in_order_, {},
                    [this](size_t i) -> const std::string& { return names_[i].first; });
}

const std::string* Bindings::UseName(std::string_view placeholder) {
  size_t at = names_.size();
  if (names_in_order_.empty()) {
    at = std::ranges::find(names_, placeholder,
                           [](const auto& name) -> std::string_view { return name.first; }) -
         names_.begin();
  } else {
    auto found =
        std::ranges::lower_bound(names_in_order_, placeholder, {},
                                 [this](size_t i) -> std::string_view { return names_[i].first; });
    if (found != names_in_order_.end() && names_[*found].first == placeholder) at = *found;
  }
  if (at == names_.size()) return nullptr;
  used_names_[at] = true;
  return &names_[at].second;
}

const model::AttributeValue* Bindings::UseValue(std::string_view placeholder) {
  auto at = std::ranges::lower_bound(values_, placeholder, {}, &model::Attribute::name);
  if (at == values_.end() || at->name != placeholder) return nullptr;
  used_values_[at - values_.begin()] = true;
  return &at->value;
}

DbStatus Bindings::CheckDefinitions() const {
  if (legacy_.others) return {};  // LegacyPlaceholders made them all
  size_t bytes = 0;
  for (const auto& [placeholder, name] : names_) {
    TRY(CheckPlaceholder("ExpressionAttributeNames", placeholder, '#'));
    if (name.empty()) {
      return model::Invalid(
          "ExpressionAttributeNames contains invalid value: Empty attribute name for key " +
          placeholder);
    }
    if (name.size() > kMaxNameBytes) {
      return model::Invalid("Attribute name is too large, must be less than 65536 bytes");
    }
    bytes += placeholder.size() + name.size();
  }
  for (const auto& [placeholder, value] : values_) {
    TRY(CheckPlaceholder("ExpressionAttributeValues", placeholder, ':'));
    bytes += placeholder.size() + model::SizeInBytes(value);
  }
  if (bytes > kMaxTotalBytes) {
    return model::Invalid(
        "Expression attribute names and values have exceeded the maximum allowed size of 2 MB");
  }
  return {};
}

DbStatus Bindings::CheckAllUsed() const {
  std::vector<std::string_view> unused;
  for (size_t i = 0; i < names_.size(); ++i) {
    if (!used_names_[i]) unused.push_back(names_[i].first);
  }
  if (!unused.empty()) return FailUnused("ExpressionAttributeNames", std::move(unused));
  size_t i = 0;
  for (const model::Attribute& value : values_) {
    if (!used_values_[i++]) unused.push_back(value.name);
  }
  if (!unused.empty()) return FailUnused("ExpressionAttributeValues", std::move(unused));
  return {};
}

}  // namespace cruddur::expr
