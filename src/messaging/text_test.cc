#include "messaging/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace cruddur::messaging {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Repeat(std::string_view text, size_t times) {
  std::string all;
  while (times-- > 0) all += text;
  return all;
}

TEST(MessageText, CountsCodePointsNotBytes) {
  EXPECT_EQ(CountCodePoints(""), 0u);
  EXPECT_EQ(CountCodePoints("abc"), 3u);
  EXPECT_EQ(CountCodePoints("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), 3u);  // é € 😀
}

TEST(MessageText, AllowsExactly1024CodePoints) {
  for (const std::string_view one : {"a", "\xc3\xa9", "\xf0\x9f\x98\x80"}) {
    EXPECT_THAT(TextFaults(Repeat(one, 1024)), IsEmpty()) << one;
    EXPECT_THAT(TextFaults(Repeat(one, 1025)), ElementsAre("message_exceed_max_chars")) << one;
  }
}

TEST(MessageText, IsBlankWhenItIsUnicodeWhiteSpaceOnly) {
  for (const std::string_view blank :
       {"", " ", "\t\r\n\v\f", "\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80\xe2\x80\x8a",
        "\xe2\x80\xa8\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80 "}) {
    EXPECT_THAT(TextFaults(blank), ElementsAre("message_blank"));
  }
  // A zero-width space and a Mongolian vowel separator are no white space to Unicode; control
  // characters aren't either.
  for (const std::string_view text :
       {"a", " a ", "\xe2\x80\x8b", "\xe1\xa0\x8e", "\xef\xbb\xbf", "\x01"}) {
    EXPECT_THAT(TextFaults(text), IsEmpty()) << text;
  }
}

TEST(MessageText, NamesEveryFaultThatApplies) {
  EXPECT_THAT(TextFaults(std::string(1025, ' ')),
              ElementsAre("message_blank", "message_exceed_max_chars"));
}

TEST(MessageText, IsCutBetweenCodePoints) {
  EXPECT_EQ(FirstCodePoints("\xc3\xa9\xc3\xa9\xc3\xa9", 2), "\xc3\xa9\xc3\xa9");
  EXPECT_EQ(FirstCodePoints("ab", 2), "ab");
  EXPECT_EQ(FirstCodePoints("ab", 0), "");
  EXPECT_EQ(FirstCodePoints("", 3), "");
}

}  // namespace
}  // namespace cruddur::messaging
