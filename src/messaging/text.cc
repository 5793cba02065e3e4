#include "messaging/text.h"

#include <array>
#include <cstdint>

namespace cruddur::messaging {
namespace {

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xc0) == 0x80; }

// White_Space=yes in the Unicode character database (PropList.txt), beyond ASCII, in UTF-8.
constexpr std::array<std::string_view, 19> kWideSpaces = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

// Bytes of the white space that `text` begins with, 0 for none.
size_t SpaceLength(std::string_view text) {
  const char c = text.front();
  if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
  if (static_cast<uint8_t>(c) < 0x80) return 0;
  for (const std::string_view space : kWideSpaces) {
    if (text.starts_with(space)) return space.size();
  }
  return 0;
}

}  // namespace

size_t CountCodePoints(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += !IsContinuation(c);
  return count;
}

std::string_view FirstCodePoints(std::string_view text, size_t count) {
  if (text.size() <= count) return text;
  size_t seen = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!IsContinuation(text[i]) && seen++ == count) return text.substr(0, i);
  }
  return text;
}

bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    const size_t length = SpaceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::vector<std::string_view> TextFaults(std::string_view text) {
  std::vector<std::string_view> faults;
  if (IsBlank(text)) faults.push_back("message_blank");
  if (CountCodePoints(text) > kMaxMessageCodePoints) faults.push_back("message_exceed_max_chars");
  return faults;
}

}  // namespace cruddur::messaging
