#include "base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace cruddur::base {
namespace {

TEST(Utf8Length, TakesEveryCodePointAndNothingElse) {
  for (uint32_t code_point = 0; code_point <= 0x11FFFF; ++code_point) {
    std::string text;
    if (code_point < 0x80) {
      text = {static_cast<char>(code_point)};
    } else if (code_point < 0x800) {
      text = {static_cast<char>(0xC0 | code_point >> 6),
              static_cast<char>(0x80 | (code_point & 63))};
    } else if (code_point < 0x10000) {
      text = {static_cast<char>(0xE0 | code_point >> 12),
              static_cast<char>(0x80 | (code_point >> 6 & 63)),
              static_cast<char>(0x80 | (code_point & 63))};
    } else {
      text = {static_cast<char>(0xF0 | code_point >> 18),
              static_cast<char>(0x80 | (code_point >> 12 & 63)),
              static_cast<char>(0x80 | (code_point >> 6 & 63)),
              static_cast<char>(0x80 | (code_point & 63))};
    }
    const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    const bool valid = !surrogate && code_point <= 0x10FFFF;
    ASSERT_EQ(Utf8Length(text), valid ? text.size() : 0) << code_point;
    if (valid && text.size() > 1) {
      ASSERT_EQ(Utf8Length(text.substr(0, text.size() - 1)), 0u) << "cut: " << code_point;
    }
    ASSERT_EQ(Utf8Length(text + "x"), valid ? text.size() : 0) << code_point;
  }
}

TEST(Utf8Length, RefusesOverlongFormsAndStrayBytes) {
  for (const char* text : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF",
                           "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF5\x80\x80\x80", "\xFE",
                           "\xFF", "\xC3(", "\xE2\x82(", "\xF0\x9F\x9A("}) {
    EXPECT_EQ(Utf8Length(text), 0u) << text;
  }
  EXPECT_EQ(Utf8Length(""), 0u);
  EXPECT_EQ(Utf8Length(std::string_view("\0", 1)), 1u);
}

}  // namespace
}  // namespace cruddur::base
