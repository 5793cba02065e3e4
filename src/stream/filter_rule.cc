#include "stream/filter_rule.h"

#include <algorithm>
#include <optional>

#include "net/http.h"

namespace cruddur::stream {
namespace {

using base::ErrorCode;

std::unexpected<base::Error> Wrong(std::string message) {
  return base::Fail(ErrorCode::kInvalidArgument, std::move(message));
}

std::optional<Scalar> ScalarOf(json::Element value) {
  if (value.is_null()) return Scalar(nullptr);
  if (value.is_bool()) return Scalar(value.get_bool().value_unsafe());
  if (value.is_string()) return Scalar(std::string(value.get_string().value_unsafe()));
  if (value.is_int64()) return Scalar(value.get_int64().value_unsafe());
  if (value.is_number()) return Scalar(value.get_double().value_unsafe());
  return std::nullopt;
}

base::Result<std::string> TextOf(std::string_view name, json::Element value) {
  if (value.is_string()) return std::string(value.get_string().value_unsafe());
  return Wrong("'" + std::string(name) + "' takes a string");
}

}  // namespace

base::Result<FilterRule> FilterRule::Parse(json::Element rule) {
  if (rule.is_object()) return ParseOperator(rule.get_object().value_unsafe());
  auto scalar = ScalarOf(rule);
  if (!scalar) return Wrong("a list within a list of rules");
  FilterRule parsed;
  parsed.scalars_.push_back(*std::move(scalar));
  return parsed;
}

base::Result<FilterRule> FilterRule::ParseOperator(json::Object rule) {
  if (rule.size() != 1) return Wrong("a rule is an object with one operator");
  const simdjson::dom::key_value_pair pair = *rule.begin();
  FilterRule parsed;
  if (pair.key == "anything-but") return ParseAnythingBut(pair.value);
  if (pair.key == "numeric") return ParseNumeric(pair.value);
  if (pair.key == "exists") {
    if (!pair.value.is_bool()) return Wrong("'exists' takes true or false");
    parsed.kind_ = pair.value.get_bool().value_unsafe() ? Kind::kPresent : Kind::kAbsent;
    return parsed;
  }
  if (pair.key == "prefix") {
    parsed.kind_ = Kind::kPrefix;
  } else if (pair.key == "suffix") {
    parsed.kind_ = Kind::kSuffix;
  } else if (pair.key == "equals-ignore-case") {
    parsed.kind_ = Kind::kIgnoreCase;
  } else {
    return Wrong("unknown operator '" + std::string(pair.key) + "'");
  }
  TRY_ASSIGN(parsed.text_, TextOf(pair.key, pair.value));
  return parsed;
}

// A string, a number, a list of them, or one of the operators on strings.
base::Result<FilterRule> FilterRule::ParseAnythingBut(json::Element excluded) {
  FilterRule parsed;
  parsed.kind_ = Kind::kAnythingBut;
  if (excluded.is_object()) {
    TRY_ASSIGN(FilterRule inner, ParseOperator(excluded.get_object().value_unsafe()));
    if (inner.text_.empty())
      return Wrong("'anything-but' takes prefix, suffix or equals-ignore-case");
    parsed.excluded_.push_back(std::move(inner));
    return parsed;
  }
  const auto add = [&](json::Element value) {
    if (!value.is_string() && !value.is_number()) return false;
    parsed.scalars_.push_back(*ScalarOf(value));
    return true;
  };
  bool good = true;
  if (excluded.is_array()) {
    for (json::Element each : excluded.get_array().value_unsafe()) good = good && add(each);
    good = good && !parsed.scalars_.empty();
  } else {
    good = add(excluded);
  }
  if (!good) return Wrong("'anything-but' takes strings or numbers");
  return parsed;
}

// ["=", 5], or one or both ends of a range: [">", 0, "<=", 5].
base::Result<FilterRule> FilterRule::ParseNumeric(json::Element range) {
  const auto wrong = [] {
    return Wrong(R"('numeric' takes a range, as [">", 0, "<=", 5], or one value, as ["=", 5])");
  };
  if (!range.is_array()) return wrong();
  FilterRule parsed;
  parsed.kind_ = Kind::kNumeric;
  const json::Array parts = range.get_array().value_unsafe();
  if (parts.size() != 2 && parts.size() != 4) return wrong();
  bool has_low = false, has_high = false;
  for (size_t i = 0; i < parts.size(); i += 2) {
    std::string_view comparison;
    double bound = 0;
    if (parts.at(i).get(comparison) || parts.at(i + 1).get(bound)) return wrong();
    if (comparison == "=" && parts.size() == 2) {
      parsed.low_ = parsed.high_ = bound;
    } else if ((comparison == ">" || comparison == ">=") && !has_low && !has_high) {
      has_low = true;
      parsed.low_ = bound;
      parsed.with_low_ = comparison == ">=";
    } else if ((comparison == "<" || comparison == "<=") && !has_high) {
      has_high = true;
      parsed.high_ = bound;
      parsed.with_high_ = comparison == "<=";
    } else {
      return wrong();
    }
  }
  if (parsed.low_ > parsed.high_) return wrong();
  return parsed;
}

bool FilterRule::MatchesText(std::string_view text) const {
  switch (kind_) {
    case Kind::kPrefix:
      return text.starts_with(text_);
    case Kind::kSuffix:
      return text.ends_with(text_);
    default:
      return net::EqualsIgnoreCase(text, text_);
  }
}

bool FilterRule::Matches(json::Element value) const {
  switch (kind_) {
    case Kind::kEquals:
      return ScalarOf(value) == scalars_.front();
    case Kind::kPrefix:
    case Kind::kSuffix:
    case Kind::kIgnoreCase:
      return value.is_string() && MatchesText(value.get_string().value_unsafe());
    case Kind::kAnythingBut:
      return std::ranges::find(scalars_, *ScalarOf(value)) == scalars_.end() &&
             std::ranges::none_of(excluded_, [&](const FilterRule& r) { return r.Matches(value); });
    case Kind::kNumeric: {
      double number = 0;
      if (!value.is_number() || value.get(number)) return false;
      return (number > low_ || (with_low_ && number == low_)) &&
             (number < high_ || (with_high_ && number == high_));
    }
    case Kind::kPresent:
      return true;
    case Kind::kAbsent:
      return false;
  }
  return false;
}

}  // namespace cruddur::stream
