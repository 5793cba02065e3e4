// The shape of a request as AWS's service model states it (botocore's data/dynamodb/2012-08-10/
// service-2.json): JSON types and the constraints of single members. Constant tables; CheckShape
// holds a request against one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "dynamo/request_issues.h"
#include "json/reader.h"

namespace cruddur::dynamo {

enum class ShapeKind : uint8_t {
  kString,
  kBoolean,
  kInteger,
  kLong,
  kItem,  // a map of attribute values, whose inside model::ReadItem checks
  kAttributeValue,
  kNames,  // a map of strings
  kList,
  kMap,
  kStructure,
  kAny,  // not looked at
};

// How an expression and what it replaced get along: see expression_parameters.h.
enum class MemberRole : uint8_t {
  kPlain,
  kExpression,  // takes ExpressionAttributeValues
  kProjection,  // an expression that takes none
  // What expressions replaced, in the order in which AWS lists it.
  kLegacy,
  kLegacyConditions,
  kConditionalOperator,
  kKeyConditions,
};

struct Shape;

struct Member {
  std::string_view name;
  const Shape* shape = nullptr;
  bool required = false;
  MemberRole role = MemberRole::kPlain;
};

struct EnumValue {
  std::string_view name;
  int value;  // of the enumeration in model
};

struct Shape {
  ShapeKind kind = ShapeKind::kAny;
  std::string_view type = {};           // AWS's name, where an error text has it
  std::optional<int64_t> min, max;      // of the number, else of the length
  bool resource_name = false;           // must match [a-zA-Z0-9_.-]+
  bool table_name = false;              // a resource name; an empty one only lacks its first letter
  std::span<const EnumValue> values{};  // of an enumeration, in the order of AWS's error text
  // How the current layer lists them, where it has words of its own, and whether it does so among
  // the failures of other members or alone and before them.
  std::string_view current_values = {};
  bool listed_with_others = false;
  const Shape* key = nullptr;         // of kMap
  const Shape* element = nullptr;     // of kList and kMap
  std::span<const Member> members{};  // of kStructure, in the order of AWS's error texts
  Layer layer = Layer::kOlder;        // of a request
};

inline constexpr size_t kMaxMembers = 24;

// Where the members of one JSON object are, by their index in the shape. Unknown members are
// passed over, as AWS does; null counts as absent.
class MemberIndex {
 public:
  MemberIndex(json::Object object, const Shape& shape);
  const json::Element* At(size_t member) const {
    return present_ >> member & 1 ? &elements_[member] : nullptr;
  }

 private:
  json::Element elements_[kMaxMembers];
  uint32_t present_ = 0;
};

// True where values nest beyond what the current layer reads, which is 62 levels or so.
bool NestsBeyondCurrentLayer(json::Element body);

// Checks types and constraints of all members of a structure of `shape`, to any depth.
void CheckMembers(const MemberIndex& index, const Shape& shape, RequestIssues& issues);

}  // namespace cruddur::dynamo
