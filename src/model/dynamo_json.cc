#include "model/dynamo_json.h"

#include <algorithm>

#include "model/base64.h"
#include "model/json_shape.h"

namespace cruddur::model {
namespace {

using json::Element;
using simdjson::dom::element_type;

constexpr size_t kMaxNameBytes = 65'535;
constexpr std::string_view kParameterInvalid = "One or more parameter values were invalid: ";

std::unexpected<DbError> InvalidParameter(std::string_view what) {
  return Invalid(std::string(kParameterInvalid).append(what));
}
std::unexpected<DbError> Empty() {
  return Invalid(
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
}
std::unexpected<DbError> Ambiguous() {
  return Invalid(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
      "supported datatypes");
}
std::unexpected<DbError> TooDeep() {
  return Invalid(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit");
}

std::string JoinMembers(json::Array array) {
  std::string text = "[";
  for (Element member : array) {
    if (text.size() > 1) text += ", ";
    text += std::string_view(member.get_string());
  }
  return text += "]";
}

DbStatus ReadValue(Element element, size_t level, AttributeValue& out);

DbStatus ReadAttributes(Element element, size_t level, Map& out) {
  TRY_ASSIGN(json::Object object, ExpectMap(element));
  out.Reserve(object.size());
  for (auto [name, value] : object) {
    if (name.empty()) return Invalid("Empty attribute name");
    if (name.size() > kMaxNameBytes) {
      return Invalid("Attribute name is too large, must be less than 65536 bytes");
    }
    TRY(ReadValue(value, level, out.Append(name)));
  }
  out.Sort();  // of a name that occurs twice the last one stays, as in other JSON readers
  return {};
}

DbStatus ReadList(Element element, size_t level, List& out) {
  TRY_ASSIGN(json::Array array, ExpectList(element));
  out.reserve(array.size());
  for (Element member : array) TRY(ReadValue(member, level, out.emplace_back()));
  return {};
}

DbStatus ReadStringSet(Element element, StringSet& out) {
  TRY_ASSIGN(json::Array array, ExpectList(element));
  if (array.size() == 0) return InvalidParameter("An string set  may not be empty");
  out.members.reserve(array.size());
  for (Element member : array) {
    TRY_ASSIGN(std::string_view text, ExpectString(member));
    out.members.emplace_back(text);
  }
  if (!SortSet(out)) {
    return InvalidParameter("Input collection " + JoinMembers(array) + " contains duplicates.");
  }
  return {};
}

DbStatus ReadNumberSet(Element element, NumberSet& out) {
  TRY_ASSIGN(json::Array array, ExpectList(element));
  if (array.size() == 0) return InvalidParameter("An number set  may not be empty");
  out.members.reserve(array.size());
  for (Element member : array) {
    TRY_ASSIGN(std::string_view text, ExpectString(member));
    TRY_ASSIGN(Number number, Number::Parse(text));
    out.members.push_back(number);
  }
  if (!SortSet(out)) return Invalid("Input collection contains duplicates");
  return {};
}

DbStatus ReadBinarySet(Element element, BinarySet& out) {
  TRY_ASSIGN(json::Array array, ExpectList(element));
  if (array.size() == 0) return InvalidParameter("Binary sets should not be empty");
  out.members.reserve(array.size());
  for (Element member : array) {
    TRY_ASSIGN(std::string bytes, ExpectBlob(member));
    out.members.push_back(Binary{std::move(bytes)});
  }
  if (!SortSet(out)) {
    return InvalidParameter("Input collection " + JoinMembers(array) +
                            "of type BS contains duplicates.");
  }
  return {};
}

DbStatus ReadContent(Type type, Element element, size_t level, AttributeValue& out) {
  switch (type) {
    case Type::kS: {
      TRY_ASSIGN(std::string_view text, ExpectString(element));
      out.value.emplace<std::string>(text);
      return {};
    }
    case Type::kN: {
      TRY_ASSIGN(std::string_view text, ExpectString(element));
      TRY_ASSIGN(out.value, Number::Parse(text));
      return {};
    }
    case Type::kB: {
      TRY_ASSIGN(std::string bytes, ExpectBlob(element));
      out.value = Binary{std::move(bytes)};
      return {};
    }
    case Type::kBool: {
      TRY_ASSIGN(out.value, ExpectBoolean(element));
      return {};
    }
    case Type::kNull: {
      TRY_ASSIGN(bool is_null, ExpectBoolean(element));
      if (!is_null) {
        return InvalidParameter("Null attribute value types must have the value of true");
      }
      out.value = Null();
      return {};
    }
    case Type::kL:
      if (level >= kMaxNesting) return TooDeep();
      return ReadList(element, level + 1, out.value.emplace<List>());
    case Type::kM:
      if (level >= kMaxNesting) return TooDeep();
      return ReadAttributes(element, level + 1, out.value.emplace<Map>());
    case Type::kSS:
      return ReadStringSet(element, out.value.emplace<StringSet>());
    case Type::kNS:
      return ReadNumberSet(element, out.value.emplace<NumberSet>());
    case Type::kBS:
      return ReadBinarySet(element, out.value.emplace<BinarySet>());
  }
  return {};
}

DbStatus ReadValue(Element element, size_t level, AttributeValue& out) {
  if (element.is_null()) return Empty();
  TRY_ASSIGN(json::Object object, ExpectStructure(element));
  bool found = false, ambiguous = false;
  Type first{};
  for (auto [name, content] : object) {
    Type type;
    // Members that DynamoDB doesn't know, and nulls, count as not there.
    if (!TypeFromName(name, type) || content.is_null()) continue;
    if (found && type != first) ambiguous = true;
    if (!found) first = type;
    found = true;
    TRY(ReadContent(type, content, level, out));
  }
  if (!found) return Empty();
  if (ambiguous) return Ambiguous();
  return {};
}

// AWS reads the whole request before it looks at any value: a wrong JSON type anywhere is reported
// rather than a wrong value before it.
DbError Precedent(Element element, DbError error, DbStatus (*check)(Element)) {
  if (error.code == DbErrorCode::kSerialization) return error;
  auto shape = check(element);
  return shape ? std::move(error) : std::move(shape).error();
}

}  // namespace

DbResult<AttributeValue> ReadAttributeValue(json::Element element) {
  AttributeValue value;
  if (auto status = ReadValue(element, 1, value); !status) {
    return std::unexpected(Precedent(element, std::move(status).error(), CheckValueShape));
  }
  return value;
}

DbResult<Item> ReadItem(json::Element element) {
  Item item;
  if (auto status = ReadAttributes(element, 1, item); !status) {
    return std::unexpected(Precedent(element, std::move(status).error(), CheckItemShape));
  }
  return item;
}

namespace {

struct ContentWriter {
  json::Writer& out;

  void operator()(const std::string& text) const { out.String(text); }
  void operator()(const Number& number) const {
    char text[Number::kMaxTextBytes + 2];
    size_t length = number.Format(text + 1);
    text[0] = text[length + 1] = '"';
    out.Raw(std::string_view(text, length + 2));
  }
  void operator()(const Binary& binary) const {
    std::string text = "\"";
    AppendBase64(text, binary.bytes);
    out.Raw(text += '"');
  }
  void operator()(bool value) const { out.Bool(value); }
  void operator()(Null) const { out.Bool(true); }
  void operator()(const List& list) const {
    out.BeginArray();
    for (const AttributeValue& value : list) WriteAttributeValue(out, value);
    out.EndArray();
  }
  void operator()(const Map& map) const { WriteItem(out, map); }
  template <class Set>
  void operator()(const Set& set) const {
    out.BeginArray();
    for (const auto& member : set.members) (*this)(member);
    out.EndArray();
  }
};

}  // namespace

void WriteAttributeValue(json::Writer& out, const AttributeValue& value) {
  out.BeginObject().Key(TypeName(value.type()));
  std::visit(ContentWriter{out}, value.value);
  out.EndObject();
}

void WriteItem(json::Writer& out, const Item& item) {
  out.BeginObject();
  for (const Attribute& attribute : item) {
    out.EscapedKey(attribute.name);
    WriteAttributeValue(out, attribute.value);
  }
  out.EndObject();
}

}  // namespace cruddur::model
