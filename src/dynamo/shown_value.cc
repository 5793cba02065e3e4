#include "dynamo/shown_value.h"

#include <algorithm>

#include "dynamo/request_fields.h"

namespace cruddur::dynamo {
namespace {

constexpr size_t kMaxShownBytes = 4 * 1024;

// The members of AWS's AttributeValue in the order in which it prints them, those included that no
// client can set.
constexpr std::string_view kValueTypes[] = {"S",  "N",  "B",    "INT",    "DECIMAL",    "DOUBLE",
                                            "SS", "NS", "BS",   "INTSET", "DECIMALSET", "DOUBLESET",
                                            "M",  "L",  "NULL", "BOOL"};

class Printer {
 public:
  std::string text() && { return std::move(text_); }

  void Print(json::Element value, const Shape& shape) {
    switch (shape.kind) {
      case ShapeKind::kList:
        return PrintList(value, [&](json::Element each) { Print(each, *shape.element); });
      case ShapeKind::kMap:
        return PrintMap(value, [&](json::Element each) { Print(each, *shape.element); });
      case ShapeKind::kItem:
        return PrintMap(value, [&](json::Element each) { PrintAttribute(each); });
      case ShapeKind::kAttributeValue:
        return PrintAttribute(value);
      case ShapeKind::kStructure:
        return PrintStructure(value, shape);
      default:
        return PrintPlainly(value);
    }
  }

 private:
  void PrintPlainly(json::Element value) {
    if (value.is_string()) {
      Append(value.get_string().value_unsafe());
    } else if (value.is_array()) {
      PrintList(value, [&](json::Element each) { PrintPlainly(each); });
    } else if (value.is_object()) {
      PrintMap(value, [&](json::Element each) { PrintPlainly(each); });
    } else {
      text_ += simdjson::minify(value);
    }
  }

  template <class PrintElement>
  void PrintList(json::Element value, PrintElement&& print) {
    if (!value.is_array()) return PrintPlainly(value);
    text_ += '[';
    std::string_view separator;
    for (json::Element each : value.get_array().value_unsafe()) {
      if (Full()) break;
      text_ += separator;
      separator = ", ";
      print(each);
    }
    text_ += ']';
  }

  template <class PrintElement>
  void PrintMap(json::Element value, PrintElement&& print) {
    if (!value.is_object()) return PrintPlainly(value);
    text_ += '{';
    std::string_view separator;
    for (auto [key, each] : value.get_object().value_unsafe()) {
      if (Full()) break;
      text_ += separator;
      separator = ", ";
      Append(key);
      text_ += '=';
      print(each);
    }
    text_ += '}';
  }

  void PrintStructure(json::Element value, const Shape& shape) {
    if (!value.is_object()) return PrintPlainly(value);
    const MemberIndex members(value.get_object().value_unsafe(), shape);
    text_ += shape.type;
    text_ += '(';
    for (size_t i = 0; i < shape.members.size() && !Full(); ++i) {
      if (i > 0) text_ += ", ";
      AppendMemberName(shape.members[i].name);
      if (const json::Element* member = members.At(i)) {
        Print(*member, *shape.members[i].shape);
      } else {
        text_ += "null";
      }
    }
    text_ += ')';
  }

  void PrintAttribute(json::Element value) {
    if (!value.is_object()) return PrintPlainly(value);
    text_ += "AttributeValue(";
    for (size_t i = 0; i < std::size(kValueTypes) && !Full(); ++i) {
      if (i > 0) text_ += ", ";
      AppendMemberName(kValueTypes[i]);
      json::Element inner;
      if (value.at_key(kValueTypes[i]).get(inner) != simdjson::SUCCESS) {
        text_ += "null";
      } else if (kValueTypes[i] == "M") {
        PrintMap(inner, [&](json::Element each) { PrintAttribute(each); });
      } else if (kValueTypes[i] == "L") {
        PrintList(inner, [&](json::Element each) { PrintAttribute(each); });
      } else {
        PrintPlainly(inner);
      }
    }
    text_ += ')';
  }

  // As a Java field is named: the first letter small, whatever follows.
  void AppendMemberName(std::string_view name) {
    const size_t begin = text_.size();
    text_ += name;
    if (text_[begin] >= 'A' && text_[begin] <= 'Z') text_[begin] += 'a' - 'A';
    text_ += '=';
  }

  // What fits, in whole characters.
  void Append(std::string_view text) {
    size_t end = std::min(text.size(), kMaxShownBytes - std::min(text_.size(), kMaxShownBytes));
    while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
      --end;
    }
    text_ += text.substr(0, end);
  }

  bool Full() const { return text_.size() >= kMaxShownBytes; }

  std::string text_;
};

}  // namespace

std::string ShownValue(json::Element value, const Shape& shape) {
  Printer printer;
  printer.Print(value, shape);
  return std::move(printer).text();
}

}  // namespace cruddur::dynamo
