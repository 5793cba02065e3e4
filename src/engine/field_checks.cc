#include "engine/field_checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace cruddur::engine {
namespace {

constexpr size_t kMinNameLength = 3;
constexpr size_t kMaxNameLength = 255;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

std::string Quoted(std::string_view value) { return fmt::format("'{}'", value); }

}  // namespace

void FieldChecks::Fail(std::string_view value, std::string_view at, std::string_view constraint) {
  if (failures_++ > 0) texts_ += "; ";
  fmt::format_to(std::back_inserter(texts_), "Value {} at '{}' failed to satisfy constraint: {}",
                 value, at, constraint);
}

void FieldChecks::Name(std::string_view name, std::string_view at) {
  if (name.empty()) {
    Fail("null", at, "Member must not be null");
    return;
  }
  if (!std::ranges::all_of(name, IsNameCharacter)) {
    Fail(Quoted(name), at, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
  }
  Length(at, Quoted(name), name.size(), kMinNameLength, kMaxNameLength);
}

void FieldChecks::AtLeast(std::string_view at, std::optional<int64_t> value, int64_t low) {
  if (!value || *value >= low) return;
  Fail(fmt::format("'{}'", *value), at,
       fmt::format("Member must have value greater than or equal to {}", low));
}

void FieldChecks::Between(std::string_view at, std::optional<int64_t> value, int64_t low,
                          int64_t high) {
  AtLeast(at, value, low);
  if (!value || *value <= high) return;
  Fail(fmt::format("'{}'", *value), at,
       fmt::format("Member must have value less than or equal to {}", high));
}

void FieldChecks::Length(std::string_view at, std::string_view shown, size_t length, size_t low,
                         size_t high) {
  if (length < low) {
    Fail(shown, at, fmt::format("Member must have length greater than or equal to {}", low));
  } else if (length > high) {
    Fail(shown, at, fmt::format("Member must have length less than or equal to {}", high));
  }
}

model::DbStatus FieldChecks::Result() const {
  if (failures_ == 0) return {};
  return model::Invalid(fmt::format("{} validation error{} detected: {}", failures_,
                                    failures_ == 1 ? "" : "s", texts_));
}

}  // namespace cruddur::engine
