#include "json/writer.h"

#include <simdjson.h>

#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/utf8.h"

namespace cruddur::json {
namespace {

constexpr uint64_t Repeat(uint8_t byte) { return 0x0101010101010101ull * byte; }

// Non-zero where one of the eight bytes is zero (the lowest set bit marks the first of them).
constexpr uint64_t ZeroBytes(uint64_t word) { return (word - Repeat(1)) & ~word & Repeat(0x80); }

bool NeedsEscape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

// The length of the prefix that goes out as it is; with `ascii_only` it also ends before the first
// byte that isn't ASCII.
size_t PlainPrefix(std::string_view text, bool ascii_only) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    uint64_t stop = ZeroBytes(word ^ Repeat('"')) | ZeroBytes(word ^ Repeat('\\')) |
                    ZeroBytes(word & Repeat(0xE0));
    if (ascii_only) stop |= word & Repeat(0x80);
    if (stop != 0) break;
  }
  for (; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (NeedsEscape(c) || (ascii_only && c >= 0x80)) break;
  }
  return i;
}

void AppendEscape(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default: {
      constexpr char kHex[] = "0123456789abcdef";
      char escape[6] = {'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]};
      out.append(escape, sizeof(escape));
    }
  }
}

void AppendRepaired(std::string& out, std::string_view text) {
  while (!text.empty()) {
    size_t length = base::Utf8Length(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    if (length == 1 && NeedsEscape(text[0])) {
      AppendEscape(out, text[0]);
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
}

}  // namespace

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  bool ascii_only = true;
  while (!text.empty()) {
    size_t plain = PlainPrefix(text, ascii_only);
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    auto c = static_cast<unsigned char>(text[0]);
    if (c >= 0x80) {
      // One check for all that is left; then bytes beyond ASCII need no further look.
      if (!simdjson::validate_utf8(text.data(), text.size())) {
        AppendRepaired(out, text);
        break;
      }
      ascii_only = false;
      continue;
    }
    AppendEscape(out, c);
    text.remove_prefix(1);
  }
  out += '"';
}

void Writer::Separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

Writer& Writer::BeginObject() {
  Separate();
  out_ += '{';
  comma_ = false;
  ++depth_;
  return *this;
}

Writer& Writer::EndObject() {
  assert(depth_ > 0 && "an object ends that did not begin");
  --depth_;
  out_ += '}';
  comma_ = true;
  return *this;
}

Writer& Writer::BeginArray() {
  Separate();
  out_ += '[';
  comma_ = false;
  ++depth_;
  return *this;
}

Writer& Writer::EndArray() {
  assert(depth_ > 0 && "an array ends that did not begin");
  --depth_;
  out_ += ']';
  comma_ = true;
  return *this;
}

Writer& Writer::Key(std::string_view literal) {
  assert(depth_ > 0 && "a key outside of an object");
  if (comma_) out_ += ',';
  out_ += '"';
  out_ += literal;
  out_ += "\":";
  comma_ = false;
  return *this;
}

Writer& Writer::EscapedKey(std::string_view text) {
  assert(depth_ > 0 && "a key outside of an object");
  if (comma_) out_ += ',';
  AppendQuoted(out_, text);
  out_ += ':';
  comma_ = false;
  return *this;
}

Writer& Writer::String(std::string_view text) {
  Separate();
  AppendQuoted(out_, text);
  return *this;
}

Writer& Writer::Int(int64_t value) {
  Separate();
  std::array<char, 24> digits;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.append(digits.data(), end);
  return *this;
}

Writer& Writer::Double(double value) {
  assert(std::isfinite(value));
  Separate();
  std::array<char, 32> digits;
  // Digits alone beyond 64 bits would be an integer that no reader takes.
  const bool large = std::abs(value) >= 1e15;
  char* const begin = digits.data();
  char* const limit = begin + digits.size();
  const auto written = large ? std::to_chars(begin, limit, value, std::chars_format::scientific)
                             : std::to_chars(begin, limit, value);
  out_.append(begin, written.ptr);
  return *this;
}

Writer& Writer::Bool(bool value) {
  Separate();
  out_ += value ? "true" : "false";
  return *this;
}

Writer& Writer::Null() {
  Separate();
  out_ += "null";
  return *this;
}

Writer& Writer::Raw(std::string_view json) {
  Separate();
  out_ += json;
  return *this;
}

}  // namespace cruddur::json
