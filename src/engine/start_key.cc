#include "engine/start_key.h"

#include <algorithm>

#include "base/result.h"
#include "engine/key_checks.h"

namespace cruddur::engine {
namespace {

using model::AttributeValue;
using model::DbStatus;
using model::Invalid;
using model::Item;
using model::KeyAttribute;
using model::KeySchema;

constexpr const char* kInvalidStartKey = "The provided starting key is invalid";

size_t CountAttributes(const KeySchema& keys, const KeySchema* more) {
  size_t count = keys.partition.size() + keys.sort.size();
  if (more == nullptr) return count;
  for (const auto* attributes : {&more->partition, &more->sort}) {
    for (const KeyAttribute& attribute : *attributes) count += keys.Find(attribute.name) == nullptr;
  }
  return count;
}

// The index's own part: AWS tells a missing attribute and one of another type apart.
DbStatus CheckIndexPart(const Item& key, const KeySchema& keys) {
  for (const auto* attributes : {&keys.partition, &keys.sort}) {
    for (const KeyAttribute& attribute : *attributes) {
      const AttributeValue* value = key.Find(attribute.name);
      if (value == nullptr) return Invalid(kInvalidStartKey);
      if (value->type() != attribute.type) {
        return Invalid("The provided key element does not match the schema");
      }
    }
  }
  return {};
}

DbStatus CheckTableKey(const Item& key, const KeySchema& keys) {
  if (DbStatus status = CheckKey(key, keys); !status) {
    return Invalid(kInvalidStartKey + (": " + status.error().message));
  }
  return {};
}

// Of two values of one key type.
int Compare(const AttributeValue& a, const AttributeValue& b) {
  if (const auto* number = a.As<model::Number>()) {
    const auto order = *number <=> *b.As<model::Number>();
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  if (const auto* text = a.As<std::string>()) return text->compare(*b.As<std::string>());
  return a.As<model::Binary>()->bytes.compare(b.As<model::Binary>()->bytes);
}

bool BeginsWith(const AttributeValue& value, const AttributeValue& prefix) {
  if (const auto* text = value.As<std::string>()) {
    return text->starts_with(*prefix.As<std::string>());
  }
  return value.As<model::Binary>()->bytes.starts_with(prefix.As<model::Binary>()->bytes);
}

bool MatchesRange(const AttributeValue& value, const expr::KeyCondition& condition) {
  switch (condition.range) {
    case expr::RangeOperator::kNone:
      return true;
    case expr::RangeOperator::kLess:
      return Compare(value, condition.low) < 0;
    case expr::RangeOperator::kLessEqual:
      return Compare(value, condition.low) <= 0;
    case expr::RangeOperator::kGreater:
      return Compare(value, condition.low) > 0;
    case expr::RangeOperator::kGreaterEqual:
      return Compare(value, condition.low) >= 0;
    case expr::RangeOperator::kBetween:
      return Compare(value, condition.low) >= 0 && Compare(value, condition.high) <= 0;
    case expr::RangeOperator::kBeginsWith:
      return BeginsWith(value, condition.low);
  }
  return false;
}

bool MatchesSort(const Item& key, const KeySchema& keys, const expr::KeyCondition& condition) {
  for (size_t i = 0; i < condition.sort_equal.size(); ++i) {
    if (*key.Find(keys.sort[i].name) != condition.sort_equal[i]) return false;
  }
  if (condition.range == expr::RangeOperator::kNone) return true;
  return MatchesRange(*key.Find(keys.sort[condition.sort_equal.size()].name), condition);
}

}  // namespace

DbStatus CheckStartKey(ReadKind kind, const Item& key, const model::TableDescription& table,
                       const model::IndexDescription* index) {
  if (kind == ReadKind::kScan && index == nullptr) return CheckTableKey(key, table.keys);
  const KeySchema& keys = index != nullptr ? index->keys : table.keys;
  if (key.size() != CountAttributes(keys, index != nullptr ? &table.keys : nullptr)) {
    return Invalid(kInvalidStartKey);
  }
  TRY(CheckIndexPart(key, keys));
  return CheckTableKey(ExtractKey(key, table.keys), table.keys);
}

DbStatus CheckStartKeyMatches(const Item& key, const KeySchema& keys,
                              const expr::KeyCondition& condition) {
  bool same_partition = true;
  for (size_t i = 0; i < condition.partition.size(); ++i) {
    same_partition &= *key.Find(keys.partition[i].name) == condition.partition[i];
  }
  const bool has_sort_condition =
      !condition.sort_equal.empty() || condition.range != expr::RangeOperator::kNone;
  if (!has_sort_condition) {
    if (same_partition) return {};
    return Invalid(
        "The provided starting key is outside query boundaries based on provided conditions");
  }
  if (!MatchesSort(key, keys, condition)) {
    return Invalid("The provided starting key does not match the range key predicate");
  }
  // AWS's words for another partition where the sort key alone would match.
  if (!same_partition) {
    return Invalid("The query can return at most one row and cannot be restarted");
  }
  return {};
}

bool NamesOneItem(const expr::KeyCondition& condition, const KeySchema& table_keys) {
  return condition.sort_equal.size() == table_keys.sort.size();
}

}  // namespace cruddur::engine
