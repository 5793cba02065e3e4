// Checks of single fields, whose failures AWS tells all together:
// "2 validation errors detected: Value 'a;' at 'tableName' failed to satisfy constraint: …; …".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/error.h"

namespace cruddur::engine {

class FieldChecks {
 public:
  // Names of tables and indexes; an empty one was not given. `at` is the wire's path to the field.
  void TableName(std::string_view name, std::string_view at = "tableName") { Name(name, at); }
  void IndexName(std::string_view name) {
    if (!name.empty()) Name(name, "indexName");
  }
  // Nothing is checked where nothing was given.
  void Between(std::string_view at, std::optional<int64_t> value, int64_t low, int64_t high);
  void AtLeast(std::string_view at, std::optional<int64_t> value, int64_t low);
  // A list's or a string's length. `shown` is what AWS prints as the value.
  void Length(std::string_view at, std::string_view shown, size_t length, size_t low, size_t high);

  // `value` comes with its quotes, if it is to have any.
  void Fail(std::string_view value, std::string_view at, std::string_view constraint);

  model::DbStatus Result() const;

 private:
  void Name(std::string_view name, std::string_view at);

  int failures_ = 0;
  std::string texts_;  // joined by "; "
};

}  // namespace cruddur::engine
