#include "model/json_shape.h"

#include <algorithm>
#include <cctype>

#include "model/base64.h"
#include "model/value.h"

namespace cruddur::model {
namespace {

using json::Element;
using simdjson::dom::element_type;

std::unexpected<DbError> Fail(std::string_view message) {
  return DbFail(DbErrorCode::kSerialization, std::string(message));
}

std::unexpected<DbError> UnexpectedStructure() {
  return Fail("Start of structure or map found where not expected");
}

// "NUMBER_VALUE cannot be converted to String".
std::unexpected<DbError> Inconvertible(Element element, std::string_view target) {
  std::string message;
  switch (element.type()) {
    case element_type::OBJECT:
      return UnexpectedStructure();
    case element_type::ARRAY:
      return Fail("Unrecognized collection type class java.lang." + std::string(target));
    case element_type::BOOL:
      message = bool(element) ? "TRUE_VALUE" : "FALSE_VALUE";
      break;
    case element_type::DOUBLE:
      message = "DECIMAL_VALUE";
      break;
    case element_type::NULL_VALUE:
      message = "NULL_VALUE";
      break;
    case element_type::STRING:
      message = "STRING_VALUE";
      break;
    default:
      message = "NUMBER_VALUE";
  }
  return Fail(message.append(" cannot be converted to ").append(target));
}

DbStatus CheckContentShape(Type type, Element element) {
  switch (type) {
    case Type::kS:
    case Type::kN:
      TRY(ExpectString(element));
      return {};
    case Type::kBool:
    case Type::kNull:
      TRY(ExpectBoolean(element));
      return {};
    case Type::kB:
      TRY(ExpectBlob(element));
      return {};
    case Type::kM:
      return CheckItemShape(element);
    default:
      break;
  }
  TRY_ASSIGN(json::Array array, ExpectList(element));
  for (Element member : array) {
    if (type == Type::kL) TRY(CheckValueShape(member));
    if (type == Type::kBS) TRY(ExpectBlob(member));
    if (type == Type::kSS || type == Type::kNS) TRY(ExpectString(member));
  }
  return {};
}

}  // namespace

DbResult<std::string_view> ExpectString(Element element) {
  std::string_view text;
  if (element.get(text)) return Inconvertible(element, "String");
  return text;
}

DbResult<bool> ExpectBoolean(Element element) {
  bool value;
  if (!element.get(value)) return value;
  std::string_view text;
  if (element.get(text)) return Inconvertible(element, "Boolean");
  std::string upper(text.substr(0, 8));
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (upper == "TRUE" || upper == "YES" || upper == "1") return true;
  if (upper == "FALSE" || upper == "NO" || upper == "0") return false;
  return Fail("Unexpected token received from parser");
}

DbResult<std::string> ExpectBlob(Element element) {
  std::string_view text;
  if (!element.get(text)) return DecodeBase64(text);
  if (element.is_object()) return UnexpectedStructure();
  if (element.is_array()) return Fail("Unrecognized collection type class java.nio.ByteBuffer");
  return Fail("only base-64-encoded strings are convertible to bytes");
}

DbResult<json::Array> ExpectList(Element element) {
  json::Array array;
  if (!element.get(array)) return array;
  if (element.is_object()) return UnexpectedStructure();
  return Fail("Unexpected field type");
}

DbResult<json::Object> ExpectMap(Element element) {
  json::Object object;
  if (!element.get(object)) return object;
  if (element.is_array()) {
    return Fail(
        "Unrecognized collection type java.util.Map<java.lang.String, "
        "com.amazonaws.dynamodb.v20120810.AttributeValue>");
  }
  return Fail("Unexpected field type");
}

DbResult<json::Object> ExpectStructure(Element element) {
  json::Object object;
  if (!element.get(object)) return object;
  if (element.is_array()) {
    return Fail(
        "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue");
  }
  return Fail("Unexpected value type in payload");
}

// Recursion ends with the reader's bound on nesting (json::kMaxDepth).
DbStatus CheckValueShape(Element element) {
  if (element.is_null()) return {};
  TRY_ASSIGN(json::Object object, ExpectStructure(element));
  for (auto [name, content] : object) {
    Type type;
    if (TypeFromName(name, type) && !content.is_null()) TRY(CheckContentShape(type, content));
  }
  return {};
}

DbStatus CheckItemShape(Element element) {
  TRY_ASSIGN(json::Object object, ExpectMap(element));
  for (auto [name, value] : object) TRY(CheckValueShape(value));
  return {};
}

}  // namespace cruddur::model
