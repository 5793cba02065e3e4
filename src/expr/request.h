// A request's placeholders and items written as JSON. Included by tests only.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "expr/expression.h"
#include "json/reader.h"
#include "model/dynamo_json.h"

namespace cruddur::expr {

inline model::Item ItemOf(std::string_view json) {
  json::Document document;
  auto root = document.Parse(json);
  if (!root) {
    ADD_FAILURE() << root.error().message << ": " << json;
    return {};
  }
  auto item = model::ReadItem(*root);
  if (!item) {
    ADD_FAILURE() << item.error().message << ": " << json;
    return {};
  }
  return *std::move(item);
}

inline std::string TextOf(const model::Item& item) {
  std::string text;
  json::Writer writer(text);
  model::WriteItem(writer, item);
  return text;
}

// {"#n": "name"}.
inline model::ExpressionNames NamesOf(std::string_view json) {
  json::Document document;
  model::ExpressionNames names;
  auto root = document.Parse(json);
  if (!root) {
    ADD_FAILURE() << json;
    return names;
  }
  for (auto [placeholder, name] : root->get_object().value()) {
    names.emplace_back(std::string(placeholder), std::string(std::string_view(name)));
  }
  return names;
}

inline model::Placeholders PlaceholdersOf(std::string_view values, std::string_view names = "{}") {
  return {NamesOf(names), ItemOf(values)};
}

}  // namespace cruddur::expr
