// One entry of a policy statement's Condition: an operator, a condition key, and values ("IAM JSON
// policy elements: Condition operators" in the IAM user guide).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/policy_text.h"

namespace cruddur::auth {

// A condition key that the service knows; policies that name others are refused.
struct ConditionKey {
  std::string_view name;     // lower case: "dynamodb:leadingkeys"
  bool many_values = false;  // needs ForAllValues or ForAnyValue
};

// What a request says of itself, asked for only where a policy needs it.
class PolicyContext {
 public:
  virtual ~PolicyContext() = default;
  // By the lower-case name of a key; nullopt where the request has no such thing.
  virtual std::optional<std::vector<std::string>> Find(std::string_view key) const = 0;
};

// Constant after Parse, then thread-safe.
class PolicyCondition {
 public:
  // `name`: "ForAllValues:StringLikeIfExists". Errors are one line that says what is not known.
  static base::Result<PolicyCondition> Parse(std::string_view name, std::string_view key,
                                             std::span<const std::string_view> values,
                                             std::span<const ConditionKey> keys, bool variables);
  bool Holds(const PolicyContext& context) const;

 private:
  enum class Kind {
    kStringEquals,
    kStringEqualsIgnoreCase,
    kStringLike,
    kArnLike,
    kNumericEquals,
    kNumericLess,
    kNumericLessEqual,
    kNumericGreater,
    kNumericGreaterEqual,
    kDateEquals,
    kDateLess,
    kDateLessEqual,
    kDateGreater,
    kDateGreaterEqual,
    kBool,
    kIpAddress,
    kNull,
  };
  enum class Set { kNone, kForAll, kForAny };
  struct Operator {
    std::string_view name;
    Kind kind;
    bool negated = false;
  };
  static const std::vector<Operator>& Operators();

  bool MatchesOne(const PolicyText& expected, const std::string& actual,
                  const VariableValue& variable) const;
  bool MatchesAny(const std::string& actual, const VariableValue& variable) const;

  Kind kind_ = Kind::kStringEquals;
  bool negated_ = false, if_exists_ = false;
  Set set_ = Set::kNone;
  std::string key_;
  std::vector<PolicyText> values_;
};

// A number, a date ("2023-03-24T09:45:00Z", or seconds since 1970) and an address range
// ("10.0.0.0/8", "::1") as policies write them; nullopt for others.
std::optional<double> ParsePolicyNumber(std::string_view text);
std::optional<double> ParsePolicyDate(std::string_view text);  // in seconds
bool IsAddressRange(std::string_view text);
bool AddressIsIn(std::string_view address, std::string_view range);

}  // namespace cruddur::auth
