// A text of an IAM policy that values are compared with: '*' and '?' where they are wildcards, and
// policy variables such as ${aws:username} ("IAM policy elements: variables and tags" in the IAM
// user guide).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cruddur::auth {

// The request's value of a condition key, by its lower-case name; nullopt where it has none.
using VariableValue = std::function<std::optional<std::string>(std::string_view key)>;

// Constant after Parse, then thread-safe.
class PolicyText {
 public:
  enum class Wildcards { kYes, kNo };

  // Variables are replaced in version 2012-10-17 only; `${*}`, `${?}` and `${$}` stand for the
  // characters themselves. kInvalidArgument for a variable without an end.
  static base::Result<PolicyText> Parse(std::string_view text, Wildcards wildcards, bool variables);

  // Lower-case names of the variables in it.
  const std::vector<std::string>& variables() const { return variables_; }

  // A text with a variable that the request has no value for matches nothing. Takes time
  // proportional to the product of the lengths at worst, and no recursion.
  bool Matches(std::string_view value, const VariableValue& variable) const;
  bool MatchesIgnoringCase(std::string_view value, const VariableValue& variable) const;
  // ARNs are compared by their six parts between colons, each with its own wildcards.
  bool MatchesArn(std::string_view value, const VariableValue& variable) const;

  // The text with its variables replaced, for numbers, dates and addresses.
  std::optional<std::string> Replaced(const VariableValue& variable) const;

 private:
  // Wildcards and the ends of variable names are bytes that no UTF-8 text has.
  std::string text_;
  std::vector<std::string> variables_;
};

}  // namespace cruddur::auth
