// Reads the JSON objects of the catalog's rows: see catalog_codec.h.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "json/reader.h"

namespace cruddur::engine {

// Reads the members of one object. What is missing or of another type makes `complete` false and
// reads as nothing: one check at the end is enough.
class Fields {
 public:
  explicit Fields(json::Element element) { complete_ = element.get(object_) == simdjson::SUCCESS; }

  bool complete() const { return complete_; }
  void MarkIncomplete() { complete_ = false; }

  std::string Text(const char* name) { return std::string(Get<std::string_view>(name)); }
  int64_t Int(const char* name) { return Get<int64_t>(name); }
  // For members that earlier versions didn't write.
  int64_t IntOr(const char* name, int64_t missing) {
    int64_t value = missing;
    const auto error = complete_ ? object_[name].get(value) : simdjson::SUCCESS;
    if (error != simdjson::SUCCESS && error != simdjson::NO_SUCH_FIELD) complete_ = false;
    return value;
  }
  std::string TextOr(const char* name, std::string_view missing) {
    std::string_view value = missing;
    const auto error = complete_ ? object_[name].get(value) : simdjson::SUCCESS;
    if (error != simdjson::SUCCESS && error != simdjson::NO_SUCH_FIELD) complete_ = false;
    return std::string(value);
  }
  bool Bool(const char* name) { return Get<bool>(name); }
  template <class Integer>
  Integer Id(const char* name) {
    const int64_t value = Int(name);
    if (!std::in_range<Integer>(value)) complete_ = false;
    return static_cast<Integer>(value);
  }
  template <class Enum>
  Enum Named(const char* name) {
    Enum value{};
    if (!FromName(Get<std::string_view>(name), value)) complete_ = false;
    return value;
  }
  // Calls read(element) for a member that isn't always written.
  template <class Read>
  void IfThere(const char* name, Read read) {
    json::Element element;
    if (!complete_ || object_[name].get(element) != simdjson::SUCCESS) return;
    if (!read(element)) complete_ = false;
  }
  // Calls read(element) for each of an array that earlier versions didn't write.
  template <class Read>
  void EachIfThere(const char* name, Read read) {
    json::Array array;
    if (complete_ && object_[name].get(array) == simdjson::NO_SUCH_FIELD) return;
    Each(name, read);
  }
  // Calls read(element) for each of the array.
  template <class Read>
  void Each(const char* name, Read read) {
    json::Array array;
    if (!complete_ || object_[name].get(array) != simdjson::SUCCESS) {
      complete_ = false;
      return;
    }
    for (const json::Element element : array) {
      if (!read(element)) complete_ = false;
    }
  }

 private:
  template <class T>
  T Get(const char* name) {
    T value{};
    if (!complete_ || object_[name].get(value) != simdjson::SUCCESS) complete_ = false;
    return value;
  }

  json::Object object_;
  bool complete_ = false;
};

}  // namespace cruddur::engine
