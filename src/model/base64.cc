#include "model/base64.h"

#include <array>
#include <cstdint>

namespace cruddur::model {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kNone = 0xFF;

constexpr std::array<uint8_t, 256> kValues = [] {
  std::array<uint8_t, 256> values;
  values.fill(kNone);
  for (uint8_t i = 0; i < 64; ++i) values[static_cast<uint8_t>(kAlphabet[i])] = i;
  return values;
}();

}  // namespace

void AppendBase64(std::string& out, std::string_view bytes) {
  size_t at = out.size();
  out.resize(at + (bytes.size() + 2) / 3 * 4);
  char* p = out.data() + at;
  auto byte = [&bytes](size_t i) -> uint32_t {
    return i < bytes.size() ? static_cast<uint8_t>(bytes[i]) : 0;
  };
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t word = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    *p++ = kAlphabet[word >> 18];
    *p++ = kAlphabet[word >> 12 & 63];
    *p++ = i + 1 < bytes.size() ? kAlphabet[word >> 6 & 63] : '=';
    *p++ = i + 2 < bytes.size() ? kAlphabet[word & 63] : '=';
  }
}

DbResult<std::string> DecodeBase64(std::string_view text) {
  auto fail = [](std::string message) {
    return DbFail(DbErrorCode::kSerialization, std::move(message));
  };
  if (text.size() % 4 != 0) {
    return fail("Base64 encoded length is expected a multiple of 4 bytes but found: " +
                std::to_string(text.size()));
  }
  size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string_view digits = text.substr(0, text.size() - padding);
  uint8_t stray = padding == 2 ? 0x0F : padding == 1 ? 0x03 : 0;
  if (!digits.empty() && (kValues[static_cast<uint8_t>(digits.back())] & stray) != 0 &&
      kValues[static_cast<uint8_t>(digits.back())] != kNone) {
    return fail("Invalid last non-pad Base64 character dectected");
  }
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t word = 0;
  int bits = 0;
  for (char c : digits) {
    uint8_t value = kValues[static_cast<uint8_t>(c)];
    if (value == kNone) return fail("Invalid base 64 character: '" + std::string(1, c) + "'");
    word = word << 6 | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(word >> bits);
    }
  }
  return bytes;
}

}  // namespace cruddur::model
