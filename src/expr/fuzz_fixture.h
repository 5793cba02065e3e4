// What the fuzz targets of the expression grammars share: placeholders, and an item that has
// something of every type.
#pragma once

#include <cstdint>
#include <string_view>

#include "expr/expression.h"

namespace cruddur::expr {

inline std::string_view TextOf(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline const model::Placeholders& FuzzPlaceholders() {
  using model::Number;
  static const model::Placeholders placeholders{{{"#n", "a"}, {"#m", "b"}},
                                                {{":n", Number(1)},
                                                 {":s", "x"},
                                                 {":l", model::List()},
                                                 {":m", model::Map()},
                                                 {":t", model::StringSet{{"x"}}},
                                                 {":type", "S"}}};
  return placeholders;
}

inline const model::Item& FuzzItem() {
  using model::Number;
  static const model::Item item = {
      {"a", Number(7)},
      {"b", model::Map{{"c", "text"}, {"d", model::List{model::AttributeValue(Number(1))}}}},
      {"l", model::List{model::AttributeValue("x"), model::AttributeValue(model::Map())}},
      {"t", model::StringSet{{"x", "y"}}}};
  return item;
}

}  // namespace cruddur::expr
