// What is wrong with one request, kept by the order in which AWS checks: a reader notes everything
// that it meets and the earliest stage answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/error.h"
#include "model/value_layer.h"

namespace cruddur::dynamo {

// Order of checks; see dynamodb-semantics.md section 4.
enum class CheckStage {
  kTypes,      // JSON types: SerializationException
  kTableName,  // presence and length, where an operation looks at them first; RequestItems too
  kEnums,      // values outside an enumeration, where an operation looks at them first
  kMembers,    // constraints of single members, all failures listed in one message
  kMixing,     // expressions beside legacy parameters
  kValues,     // attribute values: numbers, sets, …
  kRules,      // what concerns several members together
};

// Which generation of AWS's request validation a request goes through: see model::ValueLayer.
enum class Layer : uint8_t {
  kOlder,
  kCurrent,    // errors as they are
  kEnveloped,  // the same, each with "1 validation error detected: " before it
};

class RequestIssues {
 public:
  explicit RequestIssues(Layer layer = Layer::kOlder) : layer_(layer) {}

  bool current() const { return layer_ != Layer::kOlder; }
  bool enveloped() const { return layer_ == Layer::kEnveloped; }
  model::ValueLayer values() const {
    return current() ? model::ValueLayer::kCurrent : model::ValueLayer::kOlder;
  }

  // The first issue of the earliest stage wins.
  void Fail(CheckStage stage, model::DbError error);
  void FailTypes(std::string message);                   // a SerializationException
  void FailRule(CheckStage stage, std::string message);  // a ValidationException
  void FailMember(std::string_view value, std::string_view path, std::string_view constraint);
  // The same for a value that is bounded already: see shown_value.h.
  void FailShownMember(std::string_view shown, std::string_view path, std::string_view constraint);
  void FailNullMember(std::string_view path);
  // A constraint in words of its own, listed like the others.
  void FailMemberAs(std::string text) { AddViolation(std::move(text)); }

  bool null_member() const { return null_member_; }  // what must be there isn't
  bool types_failed() const { return error_ && stage_ == CheckStage::kTypes; }
  bool Clean() const { return !error_ && violations_ == 0; }

  // The error to answer, if there is one.
  model::DbStatus Finish() const;

 private:
  void AddViolation(std::string text);

  const Layer layer_;
  CheckStage stage_ = CheckStage::kRules;
  std::optional<model::DbError> error_;
  std::string violation_texts_;
  int violations_ = 0;
  bool null_member_ = false;
};

}  // namespace cruddur::dynamo
