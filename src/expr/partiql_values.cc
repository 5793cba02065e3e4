#include "expr/partiql_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/result.h"
#include "model/number.h"

namespace cruddur::expr {
namespace {

using model::AttributeValue;
using model::Invalid;
using model::Number;

std::unexpected<DbError> Unsupported(const PartiqlNode& node, const std::string& under) {
  return Invalid(fmt::format("Unsupported data type: {} under key {}{}", PartiqlName(node), under,
                             PlaceText(node.place)));
}

DbResult<Number> ReadNumber(std::string text, const std::string& under) {
  // ".5" and "5." are PartiQL's alone.
  const size_t first = text.starts_with('-');
  if (text[first] == '.') text.insert(first, 1, '0');
  const size_t dot = text.find('.');
  if (dot != std::string::npos &&
      (dot + 1 == text.size() || text[dot + 1] == 'e' || text[dot + 1] == 'E')) {
    text.insert(dot + 1, 1, '0');
  }
  auto number = Number::Parse(text, model::ValueLayer::kOlder);
  if (!number) return Invalid(number.error().message + " under " + under);
  return number;
}

std::unexpected<DbError> Duplicates(const PartiqlNode& bag, std::string_view end) {
  std::vector<std::string_view> texts;
  for (const PartiqlNode& member : bag.operands) texts.push_back(member.text);
  return Invalid(
      fmt::format("One or more parameter values were invalid: Input collection [{}] contains "
                  "duplicates{}",
                  fmt::join(texts, ", "), end));
}

DbResult<AttributeValue> ReadBag(const PartiqlNode& bag, const std::string& under) {
  if (bag.operands.empty()) return Invalid("Empty bags are not supported");
  const PartiqlNode::Kind kind = bag.operands[0].kind;
  for (const PartiqlNode& member : bag.operands) {
    const bool fits = kind == PartiqlNode::kString || kind == PartiqlNode::kNumber;
    if (member.kind == kind && fits) continue;
    return Invalid(
        "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags");
  }
  if (kind == PartiqlNode::kString) {
    model::StringSet set;
    for (const PartiqlNode& member : bag.operands) set.members.push_back(member.text);
    if (!SortSet(set)) return Duplicates(bag, ".");
    return set;
  }
  model::NumberSet set;
  for (const PartiqlNode& member : bag.operands) {
    TRY_ASSIGN(set.members.emplace_back(), ReadNumber(member.text, under));
  }
  if (!SortSet(set)) return Duplicates(bag, "! under " + under);
  return set;
}

// `under` is the path to the value: it grows on the way down and is cut on the way up.
DbResult<AttributeValue> Read(const PartiqlNode& node, size_t depth, std::string& under) {
  if (depth >= model::kMaxNesting) {
    return Invalid("Nesting Levels have exceeded supported limits under " + under);
  }
  const size_t length = under.size();
  switch (node.kind) {
    case PartiqlNode::kString:
      return node.text;
    case PartiqlNode::kNumber: {
      TRY_ASSIGN(const Number number, ReadNumber(node.text, under));
      return number;
    }
    case PartiqlNode::kTrue:
      return true;
    case PartiqlNode::kFalse:
      return false;
    case PartiqlNode::kNull:
      return model::Null();
    case PartiqlNode::kBag:
      return ReadBag(node, under);
    case PartiqlNode::kList: {
      model::List list;
      for (size_t i = 0; i < node.operands.size(); ++i) {
        under += fmt::format("[{}]", i);
        TRY_ASSIGN(list.emplace_back(), Read(node.operands[i], depth + 1, under));
        under.resize(length);
      }
      return list;
    }
    case PartiqlNode::kStruct: {
      model::Map map;
      for (size_t i = 0; i < node.operands.size(); i += 2) {
        const PartiqlNode& name = node.operands[i];
        if (name.kind != PartiqlNode::kString) return Unsupported(name, under);
        under.append(".").append(name.text);
        TRY_ASSIGN(AttributeValue value, Read(node.operands[i + 1], depth + 1, under));
        map.Append(name.text, std::move(value));
        under.resize(length);
      }
      map.Sort();
      return map;
    }
    default:
      return Unsupported(node, under);
  }
}

}  // namespace

DbResult<AttributeValue> PartiqlValue(const PartiqlNode& node, PartiqlParameters parameters) {
  if (node.kind == PartiqlNode::kParameter) return parameters[node.number];
  std::string under = "root";
  return Read(node, 0, under);
}

DbResult<model::Item> PartiqlItem(const PartiqlNode& node, PartiqlParameters parameters) {
  if (node.kind != PartiqlNode::kStruct) return Unsupported(node, "root");
  model::Item item;
  for (size_t i = 0; i < node.operands.size(); i += 2) {
    const PartiqlNode& name = node.operands[i];
    if (name.kind != PartiqlNode::kString) return Unsupported(name, "root");
    TRY_ASSIGN(AttributeValue value, PartiqlValue(node.operands[i + 1], parameters));
    item.Append(name.text, std::move(value));
  }
  item.Sort();
  return item;
}

}  // namespace cruddur::expr
