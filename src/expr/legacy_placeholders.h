// Names for what legacy parameters bring along, when they are written as expressions.
#pragma once

#include <string>

#include "model/operations.h"

namespace cruddur::expr {

// Adds to a request's placeholders; those that are there stay. One for a request.
class LegacyPlaceholders {
 public:
  explicit LegacyPlaceholders(model::Placeholders& out);
  LegacyPlaceholders(const LegacyPlaceholders&) = delete;
  LegacyPlaceholders& operator=(const LegacyPlaceholders&) = delete;
  ~LegacyPlaceholders();  // puts the values into order

  // The placeholder, "#n0" or ":v0", which means the attribute or the value from now on.
  std::string Name(std::string attribute);
  std::string Value(model::AttributeValue value);

 private:
  model::Placeholders& out_;
  std::string name_prefix_ = "#n", value_prefix_ = ":v";
  size_t names_ = 0, values_ = 0;
};

}  // namespace cruddur::expr
