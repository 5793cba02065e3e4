// One entry of a leaf in a filter pattern: what a single value is to be.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "json/reader.h"

namespace cruddur::stream {

// Null, true or false, a string, a whole number, or another one: 300 and 300.0 are two things.
using Scalar = std::variant<std::nullptr_t, bool, std::string, int64_t, double>;

class FilterRule {
 public:
  // kInvalidArgument for what is no rule.
  static base::Result<FilterRule> Parse(json::Element rule);

  // Exists asks for a value's presence, all others for one that is there.
  bool asks_for_absence() const { return kind_ == Kind::kAbsent; }
  // `value` is no object and no list: of a list each member is asked.
  bool Matches(json::Element value) const;

 private:
  enum class Kind {
    kEquals,
    kPrefix,
    kSuffix,
    kIgnoreCase,
    kAnythingBut,
    kNumeric,
    kPresent,
    kAbsent
  };

  static base::Result<FilterRule> ParseOperator(json::Object rule);
  static base::Result<FilterRule> ParseAnythingBut(json::Element excluded);
  static base::Result<FilterRule> ParseNumeric(json::Element range);
  bool MatchesText(std::string_view text) const;

  Kind kind_ = Kind::kEquals;
  std::vector<Scalar> scalars_;       // kEquals: one; kAnythingBut: none of them
  std::string text_;                  // kPrefix, kSuffix, kIgnoreCase
  std::vector<FilterRule> excluded_;  // kAnythingBut: what must not match either
  double low_ = -std::numeric_limits<double>::infinity();  // kNumeric
  double high_ = std::numeric_limits<double>::infinity();
  bool with_low_ = true, with_high_ = true;
};

}  // namespace cruddur::stream
