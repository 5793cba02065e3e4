// Which records a function wants: Lambda's filter criteria, {"Filters":[{"Pattern":"…"}]}.
//
// A pattern is a JSON object of the record's shape whose leaves are lists of what is wanted: null,
// a string, a number, true, false, or an operator: prefix, suffix, equals-ignore-case,
// anything-but, numeric, exists; "$or" takes a list of patterns. A record passes that one of the
// patterns matches; without patterns all pass. Images are DynamoDB JSON, so numbers of items are
// strings there. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
//
// Immutable, hence thread-safe.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/reader.h"

namespace cruddur::stream {

class FilterPattern {
 public:
  // kInvalidArgument, in one line that says where, for what Lambda wouldn't take.
  static base::Result<FilterPattern> Parse(std::string_view pattern);
  ~FilterPattern();
  FilterPattern(FilterPattern&&) noexcept;
  FilterPattern& operator=(FilterPattern&&) noexcept;

  bool Matches(json::Element record) const;

 private:
  struct Node;
  struct Compiler;
  explicit FilterPattern(std::unique_ptr<const Node> root);
  std::unique_ptr<const Node> root_;
};

class FilterCriteria {
 public:
  static constexpr size_t kMaxPatterns = 10, kMaxPatternBytes = 4096;

  FilterCriteria() = default;  // everything passes
  explicit FilterCriteria(std::vector<FilterPattern> patterns) : patterns_(std::move(patterns)) {}
  // From the JSON of FilterCriteria.
  static base::Result<FilterCriteria> Parse(std::string_view text);

  bool empty() const { return patterns_.empty(); }
  bool Pass(json::Element record) const;
  // From the record's JSON, as in a Lambda event.
  bool Pass(std::string_view record) const;

 private:
  std::vector<FilterPattern> patterns_;
};

}  // namespace cruddur::stream
