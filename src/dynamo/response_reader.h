// Reads a store's answer: members that are missing give defaults, members of another JSON type than
// DynamoDB's mark the answer as broken.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "json/reader.h"
#include "model/dynamo_json.h"

namespace cruddur::dynamo {

class ResponseReader {
 public:
  explicit ResponseReader(json::Element body) : broken_(!body.is_object()) {
    if (!broken_) object_ = body.get_object().value_unsafe();
  }

  std::string String(std::string_view name);
  int64_t Int(std::string_view name);
  double Double(std::string_view name);
  bool Bool(std::string_view name);
  model::Item Item(std::string_view name) { return OptionalItem(name).value_or(model::Item()); }
  std::optional<model::Item> OptionalItem(std::string_view name);
  std::optional<json::Element> Find(std::string_view name);

  // f(element) for each element of a list, f(key, element) for each of a map.
  template <class F>
  void ForEach(std::string_view name, F&& f) {
    std::optional<json::Element> value = Find(name);
    if (!value) return;
    if (!value->is_array()) {
      broken_ = true;
      return;
    }
    for (json::Element each : value->get_array().value_unsafe()) f(each);
  }
  template <class F>
  void ForEachPair(std::string_view name, F&& f) {
    std::optional<json::Element> value = Find(name);
    if (!value) return;
    if (!value->is_object()) {
      broken_ = true;
      return;
    }
    for (auto [key, each] : value->get_object().value_unsafe()) f(key, each);
  }

  model::Item ReadItem(json::Element element);
  void Join(const ResponseReader& inner) { broken_ = broken_ || inner.broken_; }
  void MarkBroken() { broken_ = true; }

  model::DbStatus Finish() const;

 private:
  json::Object object_;
  bool broken_;
};

}  // namespace cruddur::dynamo
