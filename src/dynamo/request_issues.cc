#include "dynamo/request_issues.h"

#include <fmt/format.h>

namespace cruddur::dynamo {
namespace {

constexpr int kMaxViolations = 10;           // AWS lists no more
constexpr size_t kMaxValueBytes = 4 * 1024;  // a hostile value isn't echoed whole

std::string_view Bounded(std::string_view value) {
  if (value.size() <= kMaxValueBytes) return value;
  size_t end = kMaxValueBytes;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return value.substr(0, end);
}

}  // namespace

void RequestIssues::Fail(CheckStage stage, model::DbError error) {
  if (error_ && stage_ <= stage) return;
  stage_ = stage;
  error_ = std::move(error);
}

void RequestIssues::FailTypes(std::string message) {
  Fail(CheckStage::kTypes, {model::DbErrorCode::kSerialization, std::move(message), nullptr});
}

void RequestIssues::FailRule(CheckStage stage, std::string message) {
  Fail(stage, {model::DbErrorCode::kValidation, std::move(message), nullptr});
}

void RequestIssues::AddViolation(std::string text) {
  if (violations_ == kMaxViolations) return;
  if (violations_++ > 0) violation_texts_ += "; ";
  violation_texts_ += text;
}

void RequestIssues::FailMember(std::string_view value, std::string_view path,
                               std::string_view constraint) {
  FailShownMember(Bounded(value), path, constraint);
}

void RequestIssues::FailShownMember(std::string_view shown, std::string_view path,
                                    std::string_view constraint) {
  AddViolation(fmt::format("Value '{}' at '{}' failed to satisfy constraint: {}", shown,
                           Bounded(path), constraint));
}

void RequestIssues::FailNullMember(std::string_view path) {
  null_member_ = true;
  AddViolation(fmt::format(
      "Value null at '{}' failed to satisfy constraint: Member must not be null", Bounded(path)));
}

model::DbStatus RequestIssues::Finish() const {
  if (violations_ > 0 && !(error_ && stage_ < CheckStage::kMembers)) {
    return model::Invalid(fmt::format("{} validation error{} detected: {}", violations_,
                                      violations_ == 1 ? "" : "s", violation_texts_));
  }
  if (!error_) return {};
  return std::unexpected(enveloped() ? model::Enveloped(*error_) : *error_);
}

}  // namespace cruddur::dynamo
