// Reads JSON with simdjson. A Document owns the parsed text and is reused from parse to parse; the
// elements that it hands out are views into it, valid until its next Parse.
//
// Not thread-safe: one Document a thread or connection.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace cruddur::json {

using Element = simdjson::dom::element;
using Object = simdjson::dom::object;
using Array = simdjson::dom::array;

inline constexpr size_t kMaxDepth = 256;  // arrays and objects within one another

class Document {
 public:
  // Whole-text parse: invalid UTF-8, trailing text, numbers out of range and nesting beyond
  // kMaxDepth are errors of kInvalidArgument. Copies `text` once, into simdjson's padded buffer.
  base::Result<Element> Parse(std::string_view text);

 private:
  simdjson::dom::parser parser_;
};

}  // namespace cruddur::json
