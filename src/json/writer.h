// Appends JSON to a string: no tree, no intermediate copies.
//
// The writer puts the commas; the caller keeps the nesting right (asserted in debug builds). Keys
// are literals of ours and aren't escaped, unless they come through the escaping overload.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cruddur::json {

// Appends `text` with its quotes, escaped by RFC 8259; UTF-8 passes through unchanged, invalid
// UTF-8 becomes U+FFFD.
void AppendQuoted(std::string& out, std::string_view text);

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& BeginObject();
  Writer& EndObject();
  Writer& BeginArray();
  Writer& EndArray();
  Writer& Key(std::string_view literal);      // not escaped
  Writer& EscapedKey(std::string_view text);  // escaped
  Writer& String(std::string_view text);
  Writer& Int(int64_t value);
  Writer& Double(double value);  // shortest form that reads back the same; never NaN or infinite
  Writer& Bool(bool value);
  Writer& Null();
  Writer& Raw(std::string_view json);  // a whole value, already JSON

 private:
  void Separate();

  std::string& out_;
  bool comma_ = false;  // the next value or key follows another one
  int depth_ = 0;
};

}  // namespace cruddur::json
