#include "dynamo/key_schema_codec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "dynamo/request_fields.h"
#include "dynamo/table_shapes.h"

namespace cruddur::dynamo {
namespace {

struct Element {
  std::string name;
  KeyRole role = KeyRole::kHash;
};

std::vector<Element> ReadElements(const json::Element* list) {
  std::vector<Element> elements;
  if (list == nullptr || !list->is_array()) return elements;
  for (json::Element each : list->get_array().value_unsafe()) {
    if (!each.is_object()) continue;
    Fields<kKeySchemaElement> fields(each);
    elements.push_back(
        {fields.String("AttributeName"), fields.Enum<KeyRole>("KeyType", KeyRole::kHash)});
  }
  return elements;
}

const model::KeyAttribute* FindDefinition(std::span<const model::KeyAttribute> definitions,
                                          std::string_view name) {
  auto at = std::ranges::find(definitions, name, &model::KeyAttribute::name);
  return at == definitions.end() ? nullptr : &*at;
}

// The text of what is wrong with the schema, empty if nothing is.
std::string Fault(const std::vector<Element>& elements, SchemaOf owner,
                  std::span<const model::KeyAttribute> definitions) {
  if (owner == SchemaOf::kTable && elements.size() > definitions.size()) {
    return "Invalid KeySchema: Some index key attribute have no definition";
  }
  auto defined = [&](const Element& each) { return FindDefinition(definitions, each.name); };
  if (!std::ranges::all_of(elements, defined)) {
    std::vector<std::string_view> keys, names;
    for (const Element& each : elements) keys.push_back(each.name);
    for (const auto& each : definitions) names.push_back(each.name);
    return fmt::format(
        "One or more parameter values were invalid: Some index key attributes are not defined in "
        "AttributeDefinitions. Keys: [{}], AttributeDefinitions: [{}]",
        fmt::join(keys, ", "), fmt::join(names, ", "));
  }
  for (size_t i = 0; i < elements.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (elements[i].name == elements[j].name) {
        return owner == SchemaOf::kGlobalIndex
                   ? "The KeySchema contains multiple key attributes with the same name"
                   : "Both the Hash Key and the Range Key element in the KeySchema have the same "
                     "name";
      }
    }
  }
  if (elements.empty() || elements[0].role != KeyRole::kHash) {
    return "Invalid KeySchema: The first KeySchemaElement is not a HASH key type";
  }
  if (owner != SchemaOf::kGlobalIndex) {
    if (elements.size() > 1 && elements[1].role != KeyRole::kRange) {
      return "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type";
    }
    return {};
  }
  if (!std::ranges::is_sorted(elements, {}, &Element::role)) {
    return "One or more parameter values were invalid: All HASH key attributes must precede RANGE "
           "key "
           "attributes in the KeySchema";
  }
  auto hashes = std::ranges::count(elements, KeyRole::kHash, &Element::role);
  if (hashes > 4 || std::ssize(elements) - hashes > 4) {
    return fmt::format(
        "One or more parameter values were invalid: The KeySchema exceeds the maximum allowed "
        "number of {} key attributes",
        hashes > 4 ? "HASH" : "RANGE");
  }
  return {};
}

}  // namespace

std::vector<model::KeyAttribute> ReadAttributeDefinitions(const json::Element* list) {
  std::vector<model::KeyAttribute> definitions;
  if (list == nullptr || !list->is_array()) return definitions;
  for (json::Element each : list->get_array().value_unsafe()) {
    if (!each.is_object()) continue;
    Fields<kAttributeDefinition> fields(each);
    definitions.push_back({fields.String("AttributeName"),
                           fields.Enum<model::Type>("AttributeType", model::Type::kS)});
  }
  return definitions;
}

model::KeySchema ReadKeySchema(const json::Element* list, SchemaOf owner,
                               std::span<const model::KeyAttribute> definitions,
                               RequestIssues& issues) {
  model::KeySchema keys;
  // Only as far as a schema can be valid: a hostile list is not compared with itself.
  std::vector<Element> elements = ReadElements(list);
  if (elements.size() > 8) elements.resize(8);
  if (std::string fault = Fault(elements, owner, definitions); !fault.empty()) {
    issues.FailRule(CheckStage::kRules, std::move(fault));
    return keys;
  }
  for (Element& each : elements) {
    auto& into = each.role == KeyRole::kHash ? keys.partition : keys.sort;
    model::Type type = FindDefinition(definitions, each.name)->type;
    into.push_back({std::move(each.name), type});
  }
  return keys;
}

void WriteAttributeDefinitions(json::Writer& out,
                               std::span<const model::KeyAttribute> definitions) {
  out.Key("AttributeDefinitions").BeginArray();
  for (const model::KeyAttribute& each : definitions) {
    out.BeginObject().Key("AttributeName").String(each.name);
    out.Key("AttributeType").String(model::TypeName(each.type)).EndObject();
  }
  out.EndArray();
}

void WriteKeySchema(json::Writer& out, const model::KeySchema& keys) {
  out.Key("KeySchema").BeginArray();
  auto write = [&](const std::vector<model::KeyAttribute>& attributes, std::string_view role) {
    for (const model::KeyAttribute& each : attributes) {
      out.BeginObject().Key("AttributeName").String(each.name);
      out.Key("KeyType").String(role).EndObject();
    }
  };
  write(keys.partition, "HASH");
  write(keys.sort, "RANGE");
  out.EndArray();
}

void AddDefinitions(std::vector<model::KeyAttribute>& definitions, const model::KeySchema& keys) {
  for (const auto* attributes : {&keys.partition, &keys.sort}) {
    for (const model::KeyAttribute& each : *attributes) {
      if (!FindDefinition(definitions, each.name)) definitions.push_back(each);
    }
  }
}

}  // namespace cruddur::dynamo
