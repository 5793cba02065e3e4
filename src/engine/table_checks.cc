#include "engine/table_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/result.h"
#include "engine/field_checks.h"
#include "engine/java_order.h"
#include "engine/table_settings.h"
#include "engine/table_tags.h"

namespace cruddur::engine {
namespace {

using model::BillingMode;
using model::CreateTableRequest;
using model::DbStatus;
using model::IndexDefinition;
using model::Invalid;
using model::KeyAttribute;
using model::KeySchema;

constexpr size_t kMaxKeyNameBytes = 255;
constexpr size_t kMaxProjectedInOne = 20, kMaxProjectedInAll = 100;
constexpr size_t kMaxGlobalKeyAttributes = 4;  // of each kind
constexpr int64_t kMaxUnits = 1'000'000'000'000;

template <class... Arguments>
DbStatus InvalidParameter(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  return Invalid("One or more parameter values were invalid: " +
                 fmt::format(text, std::forward<Arguments>(arguments)...));
}

std::vector<const KeyAttribute*> AttributesOf(const KeySchema& keys) {
  std::vector<const KeyAttribute*> attributes;
  for (const KeyAttribute& attribute : keys.partition) attributes.push_back(&attribute);
  for (const KeyAttribute& attribute : keys.sort) attributes.push_back(&attribute);
  return attributes;
}

DbStatus CheckSchema(const KeySchema& keys, size_t max_partition, size_t max_sort) {
  if (keys.partition.empty()) {
    return Invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (keys.partition.size() > max_partition || keys.sort.size() > max_sort) {
    return Invalid("Invalid KeySchema: Too many key schema elements");
  }
  std::set<std::string_view> names;
  FieldChecks fields;
  for (const KeyAttribute* attribute : AttributesOf(keys)) {
    if (!names.insert(attribute->name).second) {
      return Invalid(
          "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    }
    fields.Length("keySchema.member.attributeName", fmt::format("'{}'", attribute->name),
                  attribute->name.size(), 1, kMaxKeyNameBytes);
    if (attribute->type > model::Type::kB) {
      return InvalidParameter("Attribute {} is of a type that no key can have: {}", attribute->name,
                              model::TypeName(attribute->type));
    }
  }
  return fields.Result();
}

// One attribute has one type in all keys, and every definition is used.
DbStatus CheckDefinitions(const CreateTableRequest& request) {
  std::set<std::string_view> names;
  for (const KeyAttribute& definition : request.attribute_definitions) {
    if (names.insert(definition.name).second) continue;
    return Invalid(fmt::format("Attribute Name is duplicated: {}", definition.name));
  }
  std::vector<std::string_view> used;
  std::vector<const KeyAttribute*> attributes = AttributesOf(request.keys);
  for (const IndexDefinition& index : request.indexes) {
    for (const KeyAttribute* attribute : AttributesOf(index.keys)) attributes.push_back(attribute);
  }
  for (const KeyAttribute* attribute : attributes) {
    used.push_back(attribute->name);
    const auto same = [&](const KeyAttribute* other) { return other->name == attribute->name; };
    if ((*std::ranges::find_if(attributes, same))->type != attribute->type) {
      return InvalidParameter("Attribute {} is defined with two types", attribute->name);
    }
  }
  std::vector<std::string_view> defined;
  bool unused = false;
  for (const KeyAttribute& definition : request.attribute_definitions) {
    defined.push_back(definition.name);
    unused = unused || std::ranges::find(used, definition.name) == used.end();
  }
  if (!unused) return {};
  if (request.indexes.empty()) {
    return InvalidParameter(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions");
  }
  return InvalidParameter(
      "Some AttributeDefinitions are not used. AttributeDefinitions: [{}], keys used: [{}]",
      fmt::join(defined, ", "), fmt::join(InJavaOrder(used), ", "));
}

DbStatus CheckProjection(const IndexDefinition& index) {
  const auto& projection = index.projection;
  const bool include = projection.type == model::ProjectionType::kInclude;
  const size_t count = projection.non_key_attributes.size();
  if (!include && count != 0) {
    return InvalidParameter("ProjectionType is {}, but NonKeyAttributes is specified",
                            model::NameOf(projection.type));
  }
  if (include && count == 0) {
    return InvalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  }
  FieldChecks fields;
  fields.Length("nonKeyAttributes", "'[...]'", count, 0, kMaxProjectedInOne);
  std::set<std::string_view> names;
  for (const std::string& name : projection.non_key_attributes) {
    if (!names.insert(name).second) {
      return InvalidParameter("Duplicate element in NonKeyAttributes: {}", name);
    }
    fields.Length("nonKeyAttributes.member", fmt::format("'{}'", name), name.size(), 1,
                  kMaxKeyNameBytes);
  }
  return fields.Result();
}

DbStatus CheckLocalIndex(const IndexDefinition& index, const KeySchema& table_keys) {
  if (table_keys.sort.empty()) {
    return InvalidParameter(
        "Table KeySchema does not have a range key, which is required when specifying a "
        "LocalSecondaryIndex");
  }
  if (index.keys.sort.empty()) {
    return InvalidParameter("Index KeySchema does not have a range key for index: {}", index.name);
  }
  const std::string& own = index.keys.partition.front().name;
  const std::string& tables = table_keys.partition.front().name;
  if (own == tables) return {};
  return InvalidParameter(
      "Index KeySchema does not have the same leading hash key as table KeySchema for index: {}. "
      "index hash key: {}, table hash key: {}",
      index.name, own, tables);
}

DbStatus CheckIndexThroughput(const IndexDefinition& index, BillingMode billing) {
  if (billing == BillingMode::kPayPerRequest) {
    if (!index.throughput) return {};
    return InvalidParameter(
        "ProvisionedThroughput should not be specified for index: {} when BillingMode is "
        "PAY_PER_REQUEST",
        index.name);
  }
  if (!index.throughput) {
    return InvalidParameter("ProvisionedThroughput is not specified for index: {}", index.name);
  }
  return CheckUnits(*index.throughput, "globalSecondaryIndexes.member.provisionedThroughput");
}

DbStatus CheckIndexSettings(const IndexDefinition& index, BillingMode billing) {
  TRY(CheckIndexThroughput(index, billing));
  TRY(CheckOnDemandThroughput(index.name, billing, index.on_demand));
  return CheckWarmThroughput(index.name, billing, index.throughput.value_or(model::Throughput()),
                             index.warm);
}

}  // namespace

DbStatus CheckUnits(const model::Throughput& throughput, std::string_view at) {
  FieldChecks fields;
  fields.AtLeast(fmt::format("{}.writeCapacityUnits", at), throughput.write_units, 1);
  fields.AtLeast(fmt::format("{}.readCapacityUnits", at), throughput.read_units, 1);
  TRY(fields.Result());
  if (throughput.read_units > kMaxUnits) {
    return Invalid(fmt::format("Given value {} for ReadCapacityUnits is out of bounds",
                               throughput.read_units));
  }
  if (throughput.write_units > kMaxUnits) {
    return Invalid(fmt::format("Given value {} for WriteCapacityUnits is out of bounds",
                               throughput.write_units));
  }
  return {};
}

DbStatus CheckThroughput(BillingMode billing, const std::optional<model::Throughput>& throughput) {
  if (billing == BillingMode::kPayPerRequest) {
    if (!throughput) return {};
    return InvalidParameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  }
  if (!throughput) {
    return InvalidParameter(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
        "PROVISIONED");
  }
  return CheckUnits(*throughput, "provisionedThroughput");
}

DbStatus CheckIndex(const IndexDefinition& index, const KeySchema& table_keys,
                    std::span<const IndexDefinition> others, BillingMode billing) {
  FieldChecks fields;
  if (index.name.empty()) fields.Fail("null", "indexName", "Member must not be null");
  fields.IndexName(index.name);
  TRY(fields.Result());
  TRY(CheckSchema(index.keys, index.global ? kMaxGlobalKeyAttributes : 1,
                  index.global ? kMaxGlobalKeyAttributes : 1));
  if (!index.global) TRY(CheckLocalIndex(index, table_keys));
  TRY(CheckProjection(index));
  size_t same_kind = 1, projected = index.projection.non_key_attributes.size();
  for (const IndexDefinition& other : others) {
    if (other.name == index.name) return InvalidParameter("Duplicate index name: {}", index.name);
    same_kind += other.global == index.global;
    projected += other.projection.non_key_attributes.size();
  }
  if (!index.global && same_kind > kMaxLocalIndexes) {
    return InvalidParameter("Number of LocalSecondaryIndexes exceeds per-table limit of {}",
                            kMaxLocalIndexes);
  }
  if (index.global && same_kind > kMaxGlobalIndexes) {
    return InvalidParameter("GlobalSecondaryIndex count exceeds the per-table limit of {}",
                            kMaxGlobalIndexes);
  }
  if (projected > kMaxProjectedInAll) {
    return InvalidParameter("Number of NonKeyAttributes in all indexes exceeds the limit of {}",
                            kMaxProjectedInAll);
  }
  return index.global ? CheckIndexSettings(index, billing) : DbStatus();
}

DbStatus CheckCreateTable(const CreateTableRequest& request) {
  FieldChecks fields;
  fields.TableName(request.table);
  TRY(fields.Result());
  TRY(CheckThroughput(request.billing, request.throughput));
  TRY(CheckOnDemandThroughput("", request.billing, request.on_demand));
  TRY(CheckWarmThroughput("", request.billing, request.throughput.value_or(model::Throughput()),
                          request.warm));
  TRY(CheckSchema(request.keys, 1, 1));
  TRY(CheckDefinitions(request));
  for (size_t i = 0; i < request.indexes.size(); ++i) {
    TRY(CheckIndex(request.indexes[i], request.keys, std::span(request.indexes).first(i),
                   request.billing));
  }
  return CheckTags(request.tags);
}

}  // namespace cruddur::engine
