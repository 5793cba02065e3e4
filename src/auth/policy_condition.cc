#include "auth/policy_condition.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"

namespace cruddur::auth {
namespace {

std::unexpected<base::Error> Refuse(std::string message) {
  return base::Fail(base::ErrorCode::kInvalidArgument, std::move(message));
}

bool Compares(double actual, double expected, int direction, bool or_equal) {
  if (actual == expected) return or_equal;
  return direction < 0 ? actual < expected : direction > 0 && actual > expected;
}

}  // namespace

const std::vector<PolicyCondition::Operator>& PolicyCondition::Operators() {
  using enum Kind;
  static const std::vector<Operator> operators = {
      {"StringEquals", kStringEquals},
      {"StringNotEquals", kStringEquals, true},
      {"StringEqualsIgnoreCase", kStringEqualsIgnoreCase},
      {"StringNotEqualsIgnoreCase", kStringEqualsIgnoreCase, true},
      {"StringLike", kStringLike},
      {"StringNotLike", kStringLike, true},
      {"ArnEquals", kArnLike},  // the same as ArnLike
      {"ArnNotEquals", kArnLike, true},
      {"ArnLike", kArnLike},
      {"ArnNotLike", kArnLike, true},
      {"NumericEquals", kNumericEquals},
      {"NumericNotEquals", kNumericEquals, true},
      {"NumericLessThan", kNumericLess},
      {"NumericLessThanEquals", kNumericLessEqual},
      {"NumericGreaterThan", kNumericGreater},
      {"NumericGreaterThanEquals", kNumericGreaterEqual},
      {"DateEquals", kDateEquals},
      {"DateNotEquals", kDateEquals, true},
      {"DateLessThan", kDateLess},
      {"DateLessThanEquals", kDateLessEqual},
      {"DateGreaterThan", kDateGreater},
      {"DateGreaterThanEquals", kDateGreaterEqual},
      {"Bool", kBool},
      {"IpAddress", kIpAddress},
      {"NotIpAddress", kIpAddress, true},
      {"Null", kNull},
  };
  return operators;
}

base::Result<PolicyCondition> PolicyCondition::Parse(std::string_view name, std::string_view key,
                                                     std::span<const std::string_view> values,
                                                     std::span<const ConditionKey> keys,
                                                     bool variables) {
  PolicyCondition out;
  std::string_view rest = name;
  for (const auto& [prefix, set] :
       {std::pair("ForAllValues:", Set::kForAll), std::pair("ForAnyValue:", Set::kForAny)}) {
    if (!rest.starts_with(prefix)) continue;
    out.set_ = set;
    rest.remove_prefix(std::string_view(prefix).size());
  }
  if (rest.ends_with("IfExists") && rest != "NullIfExists") {
    out.if_exists_ = true;
    rest.remove_suffix(std::string_view("IfExists").size());
  }
  const auto at = std::ranges::find(Operators(), rest, &Operator::name);
  if (at == Operators().end()) {
    return Refuse(fmt::format("the condition operator '{}' is not known", name));
  }
  out.kind_ = at->kind;
  out.negated_ = at->negated;

  out.key_ = base::LowerAscii(key);
  const auto known = std::ranges::find(keys, out.key_, &ConditionKey::name);
  if (known == keys.end()) {
    return Refuse(fmt::format("the condition key '{}' is not supported", key));
  }
  if (known->many_values && out.set_ == Set::kNone && out.kind_ != Kind::kNull) {
    return Refuse(fmt::format(
        "the condition key '{}' has many values: '{}' needs ForAllValues: or ForAnyValue:", key,
        name));
  }
  if (values.empty()) return Refuse(fmt::format("'{}' of '{}' has no values", name, key));

  const bool wildcards = out.kind_ == Kind::kStringLike || out.kind_ == Kind::kArnLike;
  for (const auto value : values) {
    TRY_ASSIGN(PolicyText text,
               PolicyText::Parse(
                   value, wildcards ? PolicyText::Wildcards::kYes : PolicyText::Wildcards::kNo,
                   variables));
    bool good = true;
    if (text.variables().empty()) {
      const std::string lower = base::LowerAscii(value);
      if (out.kind_ >= Kind::kNumericEquals) good = ParsePolicyNumber(value).has_value();
      if (out.kind_ >= Kind::kDateEquals) good = ParsePolicyDate(value).has_value();
      if (out.kind_ == Kind::kIpAddress) good = IsAddressRange(value);
      if (out.kind_ == Kind::kBool || out.kind_ == Kind::kNull) {
        good = lower == "true" || lower == "false";
      }
    }
    if (!good) return Refuse(fmt::format("'{}' is no value for '{}'", value, name));
    out.values_.push_back(std::move(text));
  }
  for (const PolicyText& text : out.values_) {
    for (const std::string& variable : text.variables()) {
      const auto found = std::ranges::find(keys, variable, &ConditionKey::name);
      if (found == keys.end() || found->many_values) {
        return Refuse(fmt::format("the policy variable '${{{}}}' is not supported", variable));
      }
    }
  }
  return out;
}

bool PolicyCondition::MatchesOne(const PolicyText& expected, const std::string& actual,
                                 const VariableValue& variable) const {
  using enum Kind;
  switch (kind_) {
    case kStringEquals:
    case kStringLike:
      return expected.Matches(actual, variable);
    case kStringEqualsIgnoreCase:
    case kBool:
      return expected.MatchesIgnoringCase(actual, variable);
    case kArnLike:
      return expected.MatchesArn(actual, variable);
    case kNull:
      return false;  // not a matter of values
    default:
      break;
  }
  const auto text = expected.Replaced(variable);
  if (!text) return false;
  if (kind_ == kIpAddress) return AddressIsIn(actual, *text);
  const bool dates = kind_ >= kDateEquals;
  const auto a = dates ? ParsePolicyDate(actual) : ParsePolicyNumber(actual);
  const auto b = dates ? ParsePolicyDate(*text) : ParsePolicyNumber(*text);
  if (!a || !b) return false;
  switch (kind_) {
    case kNumericLess:
    case kDateLess:
      return Compares(*a, *b, -1, false);
    case kNumericLessEqual:
    case kDateLessEqual:
      return Compares(*a, *b, -1, true);
    case kNumericGreater:
    case kDateGreater:
      return Compares(*a, *b, 1, false);
    case kNumericGreaterEqual:
    case kDateGreaterEqual:
      return Compares(*a, *b, 1, true);
    default:
      return Compares(*a, *b, 0, true);
  }
}

bool PolicyCondition::MatchesAny(const std::string& actual, const VariableValue& variable) const {
  return negated_ != std::ranges::any_of(values_, [&](const PolicyText& each) {
           return MatchesOne(each, actual, variable);
         });
}

bool PolicyCondition::Holds(const PolicyContext& context) const {
  const VariableValue variable = [&](std::string_view key) -> std::optional<std::string> {
    auto found = context.Find(key);
    if (!found || found->size() != 1) return std::nullopt;
    return std::move(found->front());
  };
  const auto actual = context.Find(key_);
  const bool missing = !actual || actual->empty();
  if (kind_ == Kind::kNull) {
    return std::ranges::any_of(values_, [&](const PolicyText& each) {
      return each.MatchesIgnoringCase(missing ? "true" : "false", variable);
    });
  }
  // Without the key a negated operator holds, and so does every one with IfExists; "for all" of
  // nothing is true and "for any" is false.
  if (missing) return if_exists_ || (set_ == Set::kNone ? negated_ : set_ == Set::kForAll);
  const auto matches = [&](const std::string& each) { return MatchesAny(each, variable); };
  return set_ == Set::kForAll ? std::ranges::all_of(*actual, matches)
                              : std::ranges::any_of(*actual, matches);
}

}  // namespace cruddur::auth
