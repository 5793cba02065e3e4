#include "model/dynamo_json.h"

#include <algorithm>
#include <map>
#include <vector>

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
std::unexpected<DbError> EmptyName() {
  return Invalid("Empty attribute name", DbErrorReason::kEmptyName);
}
std::unexpected<DbError> TooDeep() {
  return Invalid(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit",
      DbErrorReason::kNesting);
}

std::string_view TextOf(Element member) { return member.get_string().value_unsafe(); }

std::string JoinMembers(json::Array array) {
  std::string text = "[";
  for (Element member : array) {
    if (text.size() > 1) text += ", ";
    text += TextOf(member);
  }
  return text += "]";
}

// The members up to the first that is there again, in the order of their bytes; then the others as
// they came. `bytes_of` gives what they are compared by.
template <class BytesOf>
std::string QuoteMembers(json::Array array, std::string_view separator, BytesOf bytes_of) {
  std::map<std::string, std::string_view> sorted;
  std::vector<std::string_view> others;
  for (Element member : array) {
    const std::string_view text = TextOf(member);
    if (!others.empty() || !sorted.emplace(bytes_of(text), text).second) others.push_back(text);
  }
  std::string out = "[";
  auto add = [&](std::string_view text) {
    if (out.size() > 1) out += separator;
    out.append("\"").append(text).append("\"");
  };
  for (const auto& [bytes, text] : sorted) add(text);
  for (std::string_view text : others) add(text);
  return out += "]";
}

DbStatus ReadValue(Element element, size_t level, ValueLayer layer, AttributeValue& out);

DbStatus ReadAttributes(Element element, size_t level, ValueLayer layer, Map& out) {
  TRY_ASSIGN(json::Object object, ExpectMap(element));
  out.Reserve(object.size());
  for (auto [name, value] : object) {
    if (name.empty()) return EmptyName();
    if (name.size() > kMaxNameBytes) {
      return Invalid("Attribute name is too large, must be less than 65536 bytes");
    }
    TRY(ReadValue(value, level, layer, out.Append(name)));
  }
  out.Sort();  // of a name that occurs twice the last one stays, as in other JSON readers
  return {};
}

DbStatus ReadList(Element element, size_t level, ValueLayer layer, List& out) {
  TRY_ASSIGN(json::Array array, ExpectList(element));
  out.reserve(array.size());
  for (Element member : array) TRY(ReadValue(member, level, layer, out.emplace_back()));
  return {};
}

DbStatus ReadStringSet(Element element, ValueLayer layer, StringSet& out) {
  TRY_ASSIGN(json::Array array, ExpectList(element));
  if (array.size() == 0) return InvalidParameter("An string set  may not be empty");
  out.members.reserve(array.size());
  for (Element member : array) {
    TRY_ASSIGN(std::string_view text, ExpectString(member));
    out.members.emplace_back(text);
  }
  if (!SortSet(out)) {
    const std::string members =
        layer == ValueLayer::kOlder
            ? JoinMembers(array)
            : QuoteMembers(array, ", ", [](std::string_view text) { return std::string(text); });
    return InvalidParameter("Input collection " + members + " contains duplicates.");
  }
  return {};
}

DbStatus ReadNumberSet(Element element, ValueLayer layer, NumberSet& out) {
  TRY_ASSIGN(json::Array array, ExpectList(element));
  if (array.size() == 0) return InvalidParameter("An number set  may not be empty");
  out.members.reserve(array.size());
  for (Element member : array) {
    TRY_ASSIGN(std::string_view text, ExpectString(member));
    TRY_ASSIGN(Number number, Number::Parse(text, layer));
    out.members.push_back(number);
  }
  if (SortSet(out)) return {};
  if (layer == ValueLayer::kOlder) return Invalid("Input collection contains duplicates");
  return InvalidParameter("Input collection contains duplicates.");
}

DbStatus ReadBinarySet(Element element, ValueLayer layer, BinarySet& out) {
  TRY_ASSIGN(json::Array array, ExpectList(element));
  if (array.size() == 0) return InvalidParameter("Binary sets should not be empty");
  out.members.reserve(array.size());
  for (Element member : array) {
    TRY_ASSIGN(std::string bytes, ExpectBlob(member));
    out.members.push_back(Binary{std::move(bytes)});
  }
  if (!SortSet(out)) {
    const std::string members =
        layer == ValueLayer::kOlder
            ? JoinMembers(array)
            : QuoteMembers(array, ",", [](std::string_view text) { return *DecodeBase64(text); });
    return InvalidParameter("Input collection " + members + "of type BS contains duplicates.");
  }
  return {};
}

DbStatus ReadContent(Type type, Element element, size_t level, ValueLayer layer,
                     AttributeValue& out) {
  switch (type) {
    case Type::kS: {
      TRY_ASSIGN(std::string_view text, ExpectString(element));
      out.value.emplace<std::string>(text);
      return {};
    }
    case Type::kN: {
      TRY_ASSIGN(std::string_view text, ExpectString(element));
      TRY_ASSIGN(out.value, Number::Parse(text, layer));
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
      return ReadList(element, level + 1, layer, out.value.emplace<List>());
    case Type::kM:
      if (level >= kMaxNesting) return TooDeep();
      return ReadAttributes(element, level + 1, layer, out.value.emplace<Map>());
    case Type::kSS:
      return ReadStringSet(element, layer, out.value.emplace<StringSet>());
    case Type::kNS:
      return ReadNumberSet(element, layer, out.value.emplace<NumberSet>());
    case Type::kBS:
      return ReadBinarySet(element, layer, out.value.emplace<BinarySet>());
  }
  return {};
}

DbStatus ReadValue(Element element, size_t level, ValueLayer layer, AttributeValue& out) {
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
    TRY(ReadContent(type, content, level, layer, out));
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

// Whether a value of DynamoDB JSON, of right JSON types, nests lists and maps too deeply.
bool NestsTooDeep(Element element, size_t level) {
  json::Object object;
  if (element.get(object)) return false;
  for (auto [name, content] : object) {
    json::Array list;
    json::Object map;
    const bool is_list = name == "L" && !content.get(list);
    const bool is_map = name == "M" && !content.get(map);
    if (!is_list && !is_map) continue;
    if (level >= kMaxNesting) return true;
    const auto below = [&](Element value) { return NestsTooDeep(value, level + 1); };
    if (is_list && std::ranges::any_of(list, below)) return true;
    if (!is_map) continue;
    for (auto [key, value] : map) {
      if (below(value)) return true;
    }
  }
  return false;
}

// AWS looks at an item's own names before its values, and at the depth of all values before the
// names inside them.
DbError NamesFirst(Element element, DbError error) {
  const json::Object item = element.get_object().value_unsafe();
  for (auto [name, value] : item) {
    if (name.empty()) return EmptyName().error();
  }
  if (error.reason != DbErrorReason::kEmptyName) return error;
  for (auto [name, value] : item) {
    if (NestsTooDeep(value, 1)) return TooDeep().error();
  }
  return error;
}

}  // namespace

DbResult<AttributeValue> ReadAttributeValue(json::Element element, ValueLayer layer) {
  AttributeValue value;
  if (auto status = ReadValue(element, 1, layer, value); !status) {
    return std::unexpected(Precedent(element, std::move(status).error(), CheckValueShape));
  }
  return value;
}

DbResult<Item> ReadItem(json::Element element, ValueLayer layer) {
  Item item;
  if (auto status = ReadAttributes(element, 1, layer, item); !status) {
    DbError error = Precedent(element, std::move(status).error(), CheckItemShape);
    if (error.code == DbErrorCode::kSerialization) return std::unexpected(std::move(error));
    return std::unexpected(NamesFirst(element, std::move(error)));
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
