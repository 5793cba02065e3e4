#include "messaging/cursor.h"

#include <cstdint>

namespace cruddur::messaging {
namespace {

using base::ErrorCode;
using base::Fail;

// DynamoDB's longest sort key in hex, and the check.
constexpr size_t kCheckDigits = 8;
constexpr size_t kMaxCursor = 2 * 1024 + kCheckDigits;

// FNV-1a, folded to 32 bits: finds slips, which is all that is asked of it.
uint32_t Check(std::string_view list, std::string_view sort_key) {
  uint64_t hash = 0xcbf29ce484222325u;
  const auto mix = [&](std::string_view bytes) {
    for (const char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  };
  mix(list);
  mix(std::string_view("\0", 1));
  mix(sort_key);
  return static_cast<uint32_t>(hash ^ (hash >> 32));
}

void AppendHex(std::string& out, uint64_t value, int digits) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += kHex[(value >> shift) & 15];
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string EncodeCursor(std::string_view list, std::string_view sort_key) {
  std::string cursor;
  cursor.reserve(2 * sort_key.size() + kCheckDigits);
  for (const char c : sort_key) AppendHex(cursor, static_cast<uint8_t>(c), 2);
  AppendHex(cursor, Check(list, sort_key), kCheckDigits);
  return cursor;
}

base::Result<std::string> DecodeCursor(std::string_view list, std::string_view cursor) {
  const auto bad = [] { return Fail(ErrorCode::kInvalidArgument, "not a cursor of this list"); };
  if (cursor.size() <= kCheckDigits || cursor.size() > kMaxCursor || cursor.size() % 2 != 0) {
    return bad();
  }
  std::string sort_key;
  const std::string_view digits = cursor.substr(0, cursor.size() - kCheckDigits);
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = HexDigit(digits[i]), low = HexDigit(digits[i + 1]);
    if (high < 0 || low < 0) return bad();
    sort_key += static_cast<char>(high << 4 | low);
  }
  if (EncodeCursor(list, sort_key) != cursor) return bad();
  return sort_key;
}

}  // namespace cruddur::messaging
