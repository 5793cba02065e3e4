#include "dynamo/request_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dynamo/request_fields.h"
#include "dynamo/shown_value.h"
#include "model/json_shape.h"

namespace cruddur::dynamo {
namespace {

using simdjson::dom::element_type;

// Where an element stands decides which text a wrong type gets.
enum class Place { kMember, kElement };

// A step of the path in a member's error text, kept on the stack: "keySchema.1.member.keyType".
struct PathStep {
  const PathStep* parent = nullptr;
  std::string_view name;  // of a member or a map's key
  size_t index = 0;       // of a list's element, from 1
  bool is_member = true;

  void AppendTo(std::string& out) const {
    if (parent != nullptr) parent->AppendTo(out);
    if (!out.empty()) out += '.';
    if (index > 0) {
      fmt::format_to(std::back_inserter(out), "{}.member", index);
    } else if (is_member) {
      size_t begin = out.size();
      out += name;
      if (out[begin] >= 'A' && out[begin] <= 'Z') out[begin] += 'a' - 'A';
    } else {
      out += name;
      out += ".member";
    }
  }
  std::string Text() const {
    std::string out;
    AppendTo(out);
    return out;
  }
};

constexpr std::string_view kPackage = "com.amazonaws.dynamodb.v20120810.";
constexpr std::string_view kParameterizedCast =
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
    "java.lang.Class are in module java.base of loader 'bootstrap')";

// The token's name in "… cannot be converted to String".
std::string_view TokenName(json::Element value) {
  switch (value.type()) {
    case element_type::BOOL:
      return value.get_bool().value_unsafe() ? "TRUE_VALUE" : "FALSE_VALUE";
    case element_type::STRING:
      return "STRING_VALUE";
    case element_type::DOUBLE:
      return "DECIMAL_VALUE";
    default:
      return "NUMBER_VALUE";
  }
}

std::string QualifiedName(std::string_view type) {
  if (type.find('.') != std::string_view::npos) return std::string(type);
  return fmt::format("{}{}", kPackage, type);
}

void CheckScalarType(json::Element value, std::string_view java_type, bool fits,
                     RequestIssues& issues) {
  if (value.is_array()) {
    issues.FailTypes(fmt::format("Unrecognized collection type class java.lang.{}", java_type));
  } else if (value.is_object()) {
    issues.FailTypes("Start of structure or map found where not expected");
  } else if (!fits) {
    issues.FailTypes(fmt::format("{} cannot be converted to {}", TokenName(value), java_type));
  }
}

// Whether `value` has the JSON type of `shape`; its elements are not looked at.
bool CheckType(json::Element value, const Shape& shape, Place place, RequestIssues& issues) {
  const element_type type = value.type();
  switch (shape.kind) {
    case ShapeKind::kAny:
      return true;
    case ShapeKind::kString:
      CheckScalarType(value, "String", type == element_type::STRING, issues);
      break;
    case ShapeKind::kBoolean:
      // Strings that say a truth value pass, as they do at AWS.
      if (type == element_type::STRING) {
        if (!BooleanOf(value)) issues.FailTypes("Unexpected token received from parser");
      } else {
        CheckScalarType(value, "Boolean", type == element_type::BOOL, issues);
      }
      break;
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
      CheckScalarType(value, shape.kind == ShapeKind::kLong ? "Long" : "Integer",
                      type != element_type::BOOL && type != element_type::STRING, issues);
      break;
    case ShapeKind::kList:
      if (type == element_type::OBJECT) {
        issues.FailTypes("Start of structure or map found where not expected");
      } else if (type != element_type::ARRAY) {
        issues.FailTypes(
            std::string(place == Place::kMember ? "Unexpected field type" : kParameterizedCast));
      }
      break;
    case ShapeKind::kItem:
    case ShapeKind::kNames:
    case ShapeKind::kMap:
      if (type == element_type::ARRAY) {
        issues.FailTypes(
            fmt::format("Unrecognized collection type java.util.Map<java.lang.String, {}>",
                        shape.kind == ShapeKind::kItem    ? QualifiedName("AttributeValue")
                        : shape.kind == ShapeKind::kNames ? "java.lang.String"
                                                          : QualifiedName(shape.type)));
      } else if (type != element_type::OBJECT) {
        issues.FailTypes(
            std::string(place == Place::kMember ? "Unexpected field type" : kParameterizedCast));
      }
      break;
    case ShapeKind::kAttributeValue:
    case ShapeKind::kStructure:
      if (type == element_type::ARRAY) {
        issues.FailTypes(fmt::format(
            "Unrecognized collection type class {}",
            QualifiedName(shape.kind == ShapeKind::kStructure ? shape.type : "AttributeValue")));
      } else if (type != element_type::OBJECT) {
        issues.FailTypes(place == Place::kMember ? "Unexpected field type"
                                                 : "Unexpected value type in payload");
      }
      break;
  }
  return !issues.types_failed();
}

bool MatchesResourceName(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
}

constexpr std::string_view kPatternText =
    "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+";
constexpr std::string_view kAtLeast = "Member must have length greater than or equal to ";
constexpr std::string_view kAtMost = "Member must have length less than or equal to ";

size_t LengthOf(std::string_view text) {  // in characters, not bytes
  return std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0) != 0x80; });
}

// `shown` is bounded.
void CheckLength(size_t length, const Shape& shape, std::string_view shown, const PathStep& path,
                 RequestIssues& issues) {
  if (shape.min && length < static_cast<size_t>(*shape.min)) {
    issues.FailShownMember(shown, path.Text(), fmt::format("{}{}", kAtLeast, *shape.min));
  }
  if (shape.max && length > static_cast<size_t>(*shape.max)) {
    issues.FailShownMember(shown, path.Text(), fmt::format("{}{}", kAtMost, *shape.max));
  }
}

bool LengthFits(size_t length, const Shape& shape) {
  return (!shape.min || length >= static_cast<size_t>(*shape.min)) &&
         (!shape.max || length <= static_cast<size_t>(*shape.max));
}

void FailCurrentEnum(const Shape& shape, RequestIssues& issues) {
  std::string text =
      fmt::format("Failed to satisfy constraint: Member must satisfy enum value set: [{}]",
                  shape.current_values);
  if (shape.listed_with_others) {
    issues.FailMemberAs(std::move(text));
  } else {
    issues.FailRule(CheckStage::kEnums, std::move(text));
  }
}

void CheckStringMember(json::Element value, const Shape& shape, const PathStep& path,
                       RequestIssues& issues) {
  std::string_view text = value.get_string().value_unsafe();
  if (shape.table_name && text.empty()) {
    if (issues.enveloped()) {
      return issues.FailRule(
          CheckStage::kTableName,
          fmt::format("Value at 'TableName' failed to satisfy constraint: {}1", kAtLeast));
    }
    return issues.FailMember(text, path.Text(), fmt::format("{}1", kAtLeast));
  }
  if (shape.resource_name && !MatchesResourceName(text)) {
    issues.FailMember(text, path.Text(), kPatternText);
  }
  if (const size_t length = LengthOf(text); !LengthFits(length, shape)) {
    CheckLength(length, shape, ShownValue(value, shape), path, issues);
  }
  if (!shape.values.empty() &&
      std::ranges::find(shape.values, text, &EnumValue::name) == shape.values.end()) {
    if (issues.current() && !shape.current_values.empty()) {
      return FailCurrentEnum(shape, issues);
    }
    std::string names;
    for (const EnumValue& each : shape.values) {
      if (!names.empty()) names += ", ";
      names += each.name;
    }
    issues.FailMember(text, path.Text(),
                      fmt::format("Member must satisfy enum value set: [{}]", names));
  }
}

void CheckNumberMember(json::Element value, const Shape& shape, const PathStep& path,
                       RequestIssues& issues) {
  int64_t number = IntegerOf(value);
  if (shape.min && number < *shape.min) {
    issues.FailMember(
        fmt::to_string(number), path.Text(),
        fmt::format("Member must have value greater than or equal to {}", *shape.min));
  }
  if (shape.max && number > *shape.max) {
    issues.FailMember(fmt::to_string(number), path.Text(),
                      fmt::format("Member must have value less than or equal to {}", *shape.max));
  }
}

// "[Member must have length less than or equal to 255, …]" of a map's keys or values.
std::string ConstraintList(const Shape& shape) {
  std::string out = "[";
  auto add = [&](std::string text) {
    if (out.size() > 1) out += ", ";
    out += text;
  };
  if (shape.max) add(fmt::format("{}{}", kAtMost, *shape.max));
  if (shape.min) add(fmt::format("{}{}", kAtLeast, *shape.min));
  if (shape.resource_name) add(std::string(kPatternText));
  return out + "]";
}

void CheckValue(json::Element value, const Shape& shape, Place place, const PathStep& path,
                RequestIssues& issues);

void CheckStructure(const MemberIndex& index, const Shape& shape, const PathStep* path,
                    RequestIssues& issues) {
  for (size_t i = 0; i < shape.members.size() && !issues.types_failed(); ++i) {
    const Member& member = shape.members[i];
    PathStep step{.parent = path, .name = member.name};
    if (const json::Element* value = index.At(i)) {
      CheckValue(*value, *member.shape, Place::kMember, step, issues);
    } else if (member.required) {
      issues.FailNullMember(step.Text());
    }
  }
}

void CheckList(json::Array array, const Shape& shape, const PathStep& path, RequestIssues& issues) {
  size_t position = 0;
  for (json::Element each : array) {
    PathStep step{.parent = &path, .index = ++position};
    if (each.is_null()) {
      issues.FailNullMember(step.Text());
    } else {
      CheckValue(each, *shape.element, Place::kElement, step, issues);
    }
    if (issues.types_failed()) return;
  }
}

void CheckMap(json::Element value, const Shape& shape, const PathStep& path,
              RequestIssues& issues) {
  json::Object object = value.get_object().value_unsafe();
  const bool bounded_values = shape.element->kind == ShapeKind::kList;
  bool keys_fit = true, values_fit = true;
  for (auto [key, each] : object) {
    keys_fit = keys_fit && LengthFits(LengthOf(key), *shape.key) &&
               (!shape.key->resource_name || MatchesResourceName(key));
    if (bounded_values && each.is_array()) {
      values_fit = values_fit && LengthFits(each.get_array().value_unsafe().size(), *shape.element);
    }
  }
  if (!keys_fit) {
    const std::string constraint =
        fmt::format("Map keys must satisfy constraint: {}", ConstraintList(*shape.key));
    if (!bounded_values) {
      issues.FailMember(simdjson::minify(value), path.Text(), constraint);
    } else {  // where values are lists this is printed otherwise, and gives way to all others
      issues.FailRule(CheckStage::kMixing,
                      fmt::format("1 validation error detected: Value '{}' at '{}' failed to "
                                  "satisfy constraint: {}",
                                  ShownValue(value, shape), path.Text(), constraint));
    }
  }
  if (!values_fit) {
    issues.FailShownMember(
        ShownValue(value, shape), path.Text(),
        fmt::format("Map value must satisfy constraint: {}", ConstraintList(*shape.element)));
  }
  for (auto [key, each] : object) {
    PathStep step{.parent = &path, .name = key, .is_member = false};
    if (each.is_null()) {
      issues.FailNullMember(step.Text());
    } else if (!CheckType(each, *shape.element, Place::kElement, issues)) {
      return;
    } else if (bounded_values) {  // its length was looked at above
      CheckList(each.get_array().value_unsafe(), *shape.element, step, issues);
    } else {
      CheckValue(each, *shape.element, Place::kElement, step, issues);
    }
    if (issues.types_failed()) return;
  }
}

void CheckValue(json::Element value, const Shape& shape, Place place, const PathStep& path,
                RequestIssues& issues) {
  if (!CheckType(value, shape, place, issues)) return;
  switch (shape.kind) {
    case ShapeKind::kString:
      CheckStringMember(value, shape, path, issues);
      break;
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
      CheckNumberMember(value, shape, path, issues);
      break;
    case ShapeKind::kList: {
      json::Array array = value.get_array().value_unsafe();
      if (!LengthFits(array.size(), shape)) {
        CheckLength(array.size(), shape, ShownValue(value, shape), path, issues);
      }
      CheckList(array, shape, path, issues);
      break;
    }
    case ShapeKind::kMap: {
      size_t size = value.get_object().value_unsafe().size();
      if (!LengthFits(size, shape)) {
        CheckLength(size, shape, ShownValue(value, shape), path, issues);
      }
      CheckMap(value, shape, path, issues);
      break;
    }
    case ShapeKind::kStructure:
      CheckStructure(MemberIndex(value.get_object().value_unsafe(), shape), shape, &path, issues);
      break;
    case ShapeKind::kNames:
      for (auto [key, each] : value.get_object().value_unsafe()) {
        CheckScalarType(each, "String", each.is_string() || each.is_null(), issues);
      }
      break;
    case ShapeKind::kAttributeValue:
      if (model::DbStatus status = model::CheckValueShape(value); !status) {
        issues.FailTypes(std::move(status).error().message);
      }
      break;
    case ShapeKind::kBoolean:
    case ShapeKind::kItem:
    case ShapeKind::kAny:
      break;
  }
}

// Of objects and arrays. Recursion ends with the reader's bound on nesting (json::kMaxDepth).
size_t DepthOf(json::Element value) {
  size_t below = 0;
  json::Object object;
  json::Array array;
  if (!value.get(object)) {
    for (auto [key, each] : object) below = std::max(below, DepthOf(each));
  } else if (!value.get(array)) {
    for (json::Element each : array) below = std::max(below, DepthOf(each));
  } else {
    return 0;
  }
  return below + 1;
}

}  // namespace

MemberIndex::MemberIndex(json::Object object, const Shape& shape) {
  for (auto [key, value] : object) {
    for (size_t i = 0; i < shape.members.size(); ++i) {
      if (shape.members[i].name != key) continue;
      if (!value.is_null()) {
        elements_[i] = value;
        present_ |= 1u << i;
      }
      break;
    }
  }
}

bool NestsBeyondCurrentLayer(json::Element body) {
  // A map or list in DynamoDB JSON is two levels of JSON; request, member and value are three.
  constexpr size_t kLevels = 3 + 2 * 62;
  return DepthOf(body) > kLevels;
}

void CheckMembers(const MemberIndex& index, const Shape& shape, RequestIssues& issues) {
  CheckStructure(index, shape, nullptr, issues);
}

}  // namespace cruddur::dynamo
