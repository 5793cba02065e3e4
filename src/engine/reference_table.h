// Of the tests: what a table holds, in the plainest form there is. Queries filter and sort all
// items; whatever the engine answers must be the same.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "model/table.h"
#include "model/table_operations.h"

namespace cruddur::engine {

// -1, 0 or 1, of two values of one key type: numbers by value, texts and binaries bytewise.
inline int CompareKeys(const model::AttributeValue& a, const model::AttributeValue& b) {
  const auto sign = [](auto order) { return order < 0 ? -1 : order > 0 ? 1 : 0; };
  if (const auto* n = a.As<model::Number>()) return sign(*n <=> *b.As<model::Number>());
  if (const auto* s = a.As<std::string>()) return sign(s->compare(*b.As<std::string>()));
  return sign(a.As<model::Binary>()->bytes.compare(b.As<model::Binary>()->bytes));
}

inline int CompareBy(const std::vector<model::KeyAttribute>& attributes, const model::Item& a,
                     const model::Item& b) {
  for (const auto& attribute : attributes) {
    const int order = CompareKeys(*a.Find(attribute.name), *b.Find(attribute.name));
    if (order != 0) return order;
  }
  return 0;
}

class ReferenceTable {
 public:
  using Predicate = std::function<bool(const model::Item&)>;

  explicit ReferenceTable(model::CreateTableRequest schema) : schema_(std::move(schema)) {}

  const model::CreateTableRequest& schema() const { return schema_; }
  const std::vector<model::Item>& items() const { return items_; }

  const model::Item* Find(const model::Item& key) const {
    const auto at = std::ranges::find_if(items_, [&](const auto& i) { return SameKey(i, key); });
    return at == items_.end() ? nullptr : &*at;
  }
  void Put(const model::Item& item) {
    Delete(item);
    items_.push_back(item);
  }
  void Delete(const model::Item& key) {
    std::erase_if(items_, [&](const model::Item& item) { return SameKey(item, key); });
  }

  const model::IndexDefinition* Index(std::string_view name) const {
    const auto at = std::ranges::find(schema_.indexes, name, &model::IndexDefinition::name);
    return at == schema_.indexes.end() ? nullptr : &*at;
  }
  const model::KeySchema& Keys(const model::IndexDefinition* index) const {
    return index != nullptr ? index->keys : schema_.keys;
  }

  // What the table (null) or an index holds of the items that satisfy `wanted`, ascending by sort
  // key and among equals by base key.
  std::vector<model::Item> Query(const model::IndexDefinition* index,
                                 const Predicate& wanted) const {
    std::vector<model::Item> found;
    for (const model::Item& item : items_) {
      if (Indexed(index, item) && wanted(item)) found.push_back(item);
    }
    std::ranges::sort(found, [&](const model::Item& a, const model::Item& b) {
      for (const auto* by : {&Keys(index).sort, &schema_.keys.partition, &schema_.keys.sort}) {
        if (const int order = CompareBy(*by, a, b); order != 0) return order < 0;
      }
      return false;
    });
    for (model::Item& item : found) item = Project(index, item);
    return found;
  }

 private:
  bool SameKey(const model::Item& a, const model::Item& b) const {
    return CompareBy(schema_.keys.partition, a, b) == 0 && CompareBy(schema_.keys.sort, a, b) == 0;
  }

  bool Indexed(const model::IndexDefinition* index, const model::Item& item) const {
    if (index == nullptr) return true;
    const auto has = [&](const auto& attribute) { return item.Find(attribute.name) != nullptr; };
    return std::ranges::all_of(index->keys.partition, has) &&
           std::ranges::all_of(index->keys.sort, has);
  }

  model::Item Project(const model::IndexDefinition* index, const model::Item& item) const {
    if (index == nullptr || index->projection.type == model::ProjectionType::kAll) return item;
    model::Item projected;
    for (const model::Attribute& attribute : item) {
      const auto& more = index->projection.non_key_attributes;
      if (index->keys.Find(attribute.name) != nullptr ||
          schema_.keys.Find(attribute.name) != nullptr ||
          std::ranges::find(more, attribute.name) != more.end()) {
        projected.Set(attribute.name, attribute.value);
      }
    }
    return projected;
  }

  model::CreateTableRequest schema_;
  std::vector<model::Item> items_;
};

}  // namespace cruddur::engine
