#include "base/utf8.h"

#include <cstdint>

namespace cruddur::base {

size_t Utf8Length(std::string_view text) {
  if (text.empty()) return 0;
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  uint8_t low = 0x80, high = 0xBF;  // of the second byte
  if (lead == 0xE0) low = 0xA0;     // below, a shorter form exists
  if (lead == 0xED) high = 0x9F;    // above, surrogates
  if (lead == 0xF0) low = 0x90;     // below, a shorter form exists
  if (lead == 0xF4) high = 0x8F;    // above, beyond U+10FFFF
  const auto second = static_cast<uint8_t>(text[1]);
  if (second < low || second > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((static_cast<uint8_t>(text[i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace cruddur::base
