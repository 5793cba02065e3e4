#include "engine/key_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "model/stored_item.h"

namespace cruddur::engine {
namespace {

using model::AttributeValue;
using model::DbErrorReason;
using model::DbStatus;
using model::Invalid;
using model::Item;
using model::KeyAttribute;
using model::KeySchema;

// Of the types that keys may have.
size_t KeyBytes(const AttributeValue& value) {
  if (const auto* text = value.As<std::string>()) return text->size();
  if (const auto* binary = value.As<model::Binary>()) return binary->bytes.size();
  return model::SizeInBytes(value);
}

bool IsEmpty(const AttributeValue& value) { return KeyBytes(value) == 0; }

std::string_view KindOfEmpty(const AttributeValue& value) {
  return value.type() == model::Type::kB ? "binary" : "string";
}

DbStatus OtherKey() { return Invalid("The provided key element does not match the schema"); }

constexpr std::string_view kNotValid = "One or more parameter values are not valid. ";

DbStatus EmptyKey(const KeyAttribute& attribute, const AttributeValue& value) {
  return Invalid(
      fmt::format("{}The AttributeValue for a key attribute cannot contain an empty {} value. Key: "
                  "{}",
                  kNotValid, KindOfEmpty(value), attribute.name),
      DbErrorReason::kEmptyKey);
}

// Of attributes that are known to be there with the right types. AWS limits what several sort key
// attributes have together; partition keys are told in its words without a space.
bool PartitionFits(const Item& item, const KeySchema& keys) {
  size_t bytes = 0;
  for (const KeyAttribute& attribute : keys.partition)
    bytes += KeyBytes(*item.Find(attribute.name));
  return bytes <= kMaxPartitionKeyBytes;
}

bool SortFits(const Item& item, const KeySchema& keys) {
  size_t bytes = 0;
  for (const KeyAttribute& attribute : keys.sort) bytes += KeyBytes(*item.Find(attribute.name));
  return bytes <= kMaxSortKeyBytes;
}

DbStatus CheckKeySizes(const Item& item, const KeySchema& keys) {
  if (!PartitionFits(item, keys)) {
    return Invalid(
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size "
        "limit of2048 bytes");
  }
  if (!SortFits(item, keys)) {
    return Invalid(
        "One or more parameter values were invalid: Aggregated size of all range keys has exceeded "
        "the size limit of 1024 bytes");
  }
  return {};
}

template <class Check>
DbStatus ForEachAttribute(const KeySchema& keys, Check check) {
  for (const auto* attributes : {&keys.partition, &keys.sort}) {
    for (const KeyAttribute& attribute : *attributes) {
      if (DbStatus status = check(attribute); !status) return status;
    }
  }
  return {};
}

DbStatus CheckTableKeys(const Item& item, const KeySchema& keys, ItemSource source) {
  DbStatus status = ForEachAttribute(keys, [&](const KeyAttribute& attribute) -> DbStatus {
    const AttributeValue* value = item.Find(attribute.name);
    if (source == ItemSource::kBatchPut && (value == nullptr || value->type() != attribute.type)) {
      return OtherKey();
    }
    if (value == nullptr) {
      return Invalid(
          fmt::format("One or more parameter values were invalid: Missing the key {} in the item",
                      attribute.name));
    }
    if (value->type() != attribute.type) {
      return Invalid(fmt::format(
          "One or more parameter values were invalid: Type mismatch for key {} expected: {} "
          "actual: {}",
          attribute.name, model::TypeName(attribute.type), model::TypeName(value->type())));
    }
    if (IsEmpty(*value)) return EmptyKey(attribute, *value);
    return {};
  });
  if (!status) return status;
  return CheckKeySizes(item, keys);
}

bool Updates(ItemSource source) {
  return source == ItemSource::kUpdate || source == ItemSource::kTransactUpdate;
}

DbStatus WrongIndexType(const model::IndexDescription& index, const KeyAttribute& attribute,
                        model::Type actual) {
  return Invalid(fmt::format(
      "One or more parameter values were invalid: Type mismatch for Index Key {} Expected: {} "
      "Actual: {} IndexName: {}",
      attribute.name, model::TypeName(attribute.type), model::TypeName(actual), index.name));
}

// AWS says less of a type that came out of the item.
DbStatus WrongIndexType(const model::IndexDescription& index, const KeyAttribute& attribute,
                        const AttributeValue& value, ItemSource source) {
  if (source != ItemSource::kUpdate) return WrongIndexType(index, attribute, value.type());
  return Invalid(
      "The update expression attempted to update the secondary index key to unsupported type");
}

DbStatus EmptyIndexKey(const model::IndexDescription& index, const KeyAttribute& attribute,
                       const AttributeValue& value, ItemSource source) {
  if (Updates(source)) {
    return Invalid(
        fmt::format("{}The update expression attempted to update a secondary index key to a value "
                    "that is not supported. The AttributeValue for a key attribute cannot contain "
                    "an empty {} value.",
                    kNotValid, KindOfEmpty(value)),
        DbErrorReason::kEmptyKey);
  }
  return Invalid(
      fmt::format("{}A value specified for a secondary index key is not supported. The "
                  "AttributeValue for a key attribute cannot contain an empty {} value. IndexName: "
                  "{}, IndexKey: {}",
                  kNotValid, KindOfEmpty(value), index.name, attribute.name),
      DbErrorReason::kEmptyKey);
}

DbStatus CheckIndexKeys(const Item& item, const model::IndexDescription& index, ItemSource source) {
  bool complete = true;
  DbStatus status = ForEachAttribute(index.keys, [&](const KeyAttribute& attribute) -> DbStatus {
    const AttributeValue* value = item.Find(attribute.name);
    if (value == nullptr) {
      complete = false;
      return {};
    }
    if (value->type() != attribute.type) return WrongIndexType(index, attribute, *value, source);
    if (IsEmpty(*value)) return EmptyIndexKey(index, attribute, *value, source);
    return {};
  });
  if (!status || !complete) return status;
  return CheckKeySizes(item, index.keys);
}

// Of several indexes that fail the check AWS names the first in the order of their names.
template <class Check>
DbStatus FirstByName(const model::TableDescription& table, Check check) {
  DbStatus first;
  std::string_view name;
  for (const model::IndexDescription& index : table.indexes) {
    DbStatus status = check(index);
    if (status || (!first && index.name > name)) continue;
    first = std::move(status);
    name = index.name;
  }
  return first;
}

template <class Expression>
DbStatus CheckNoSteps(const Expression& expression, const model::TableDescription& table) {
  if (!expression.HasSteps()) return {};
  const auto check = [&](const KeySchema& keys, std::string_view kind) {
    return ForEachAttribute(keys, [&](const KeyAttribute& attribute) -> DbStatus {
      if (!expression.StepsInto(attribute.name)) return {};
      return Invalid(
          fmt::format("Key attributes must be scalars; list random access '[]' and map lookup '.' "
                      "are not allowed: {}: {}",
                      kind, attribute.name));
    });
  };
  TRY(check(table.keys, "Key"));
  for (const model::IndexDescription& index : table.indexes) TRY(check(index.keys, "IndexKey"));
  return {};
}

void AppendKey(const Item& item, const KeySchema& keys, Item& out) {
  for (const auto* attributes : {&keys.partition, &keys.sort}) {
    for (const KeyAttribute& attribute : *attributes) {
      const AttributeValue* value = item.Find(attribute.name);
      if (value != nullptr && out.Find(attribute.name) == nullptr) out.Set(attribute.name, *value);
    }
  }
}

}  // namespace

DbStatus CheckKey(const Item& key, const KeySchema& keys) {
  bool matches = key.size() == keys.partition.size() + keys.sort.size();
  for (const auto* attributes : {&keys.partition, &keys.sort}) {
    for (const KeyAttribute& attribute : *attributes) {
      const AttributeValue* value = matches ? key.Find(attribute.name) : nullptr;
      if (value == nullptr || value->type() != attribute.type) {
        return OtherKey();
      }
      if (IsEmpty(*value)) return EmptyKey(attribute, *value);
    }
  }
  return CheckKeySizes(key, keys);
}

DbStatus CheckItemKeys(const Item& item, const model::TableDescription& table, ItemSource source) {
  if (DbStatus status = CheckTableKeys(item, table.keys, source); !status) return status;
  return FirstByName(table, [&](const model::IndexDescription& index) {
    return CheckIndexKeys(item, index, source);
  });
}

DbStatus CheckScalarKeys(const expr::Projection& expression, const model::TableDescription& table) {
  return CheckNoSteps(expression, table);
}
DbStatus CheckScalarKeys(const expr::Condition& expression, const model::TableDescription& table) {
  return CheckNoSteps(expression, table);
}
DbStatus CheckScalarKeys(const expr::Update& expression, const model::TableDescription& table) {
  return CheckNoSteps(expression, table);
}

DbStatus CheckUpdateOfIndexKeys(const expr::Update& update, const model::TableDescription& table) {
  return FirstByName(table, [&](const model::IndexDescription& index) {
    return ForEachAttribute(index.keys, [&](const KeyAttribute& attribute) -> DbStatus {
      const auto type = update.KnownTypeOf(attribute.name);
      return type && *type != attribute.type ? WrongIndexType(index, attribute, *type) : DbStatus();
    });
  });
}

DbStatus CheckItemSize(size_t bytes, ItemSource source) {
  if (bytes <= model::kMaxItemBytes) return {};
  return Invalid(Updates(source) ? "Item size to update has exceeded the maximum allowed size"
                                 : "Item size has exceeded the maximum allowed size",
                 DbErrorReason::kItemSize);
}

bool FitsIndex(const Item& item, const KeySchema& index_keys) {
  for (const auto* attributes : {&index_keys.partition, &index_keys.sort}) {
    for (const KeyAttribute& attribute : *attributes) {
      const AttributeValue* value = item.Find(attribute.name);
      if (value == nullptr || value->type() != attribute.type || IsEmpty(*value)) return false;
    }
  }
  return PartitionFits(item, index_keys) && SortFits(item, index_keys);
}

Item ExtractKey(const Item& item, const KeySchema& keys) {
  Item key;
  key.Reserve(keys.partition.size() + keys.sort.size());
  AppendKey(item, keys, key);
  return key;
}

Item ExtractKey(const Item& item, const KeySchema& index_keys, const KeySchema& table_keys) {
  Item key = ExtractKey(item, index_keys);
  AppendKey(item, table_keys, key);
  return key;
}

bool HaveDuplicates(std::span<const Item* const> keys) {
  if (keys.size() < 2) return false;
  // Equal items have equal bytes: numbers are stored normalised, sets and names sorted.
  std::vector<std::string> encoded(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) model::EncodeItem(*keys[i], encoded[i]);
  std::ranges::sort(encoded);
  return std::ranges::adjacent_find(encoded) != encoded.end();
}

}  // namespace cruddur::engine
