#include "auth/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace cruddur::auth {
namespace {

TEST(Base64, EncodesTheExamplesOfRfc4648) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(Base64Encode(bytes), text);
    EXPECT_EQ(Base64Decode(text), bytes);
  }
}

TEST(Base64Url, UsesItsOwnAlphabetWithoutPadding) {
  EXPECT_EQ(Base64UrlEncode("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(Base64Encode("\xfb\xff\xfe"), "+//+");
  EXPECT_EQ(Base64UrlEncode("f"), "Zg");
}

TEST(Base64Url, RefusesEveryOtherSpelling) {
  for (const char* text :
       {"Zg==", "Zg=", "Z", "Zh", "Zm9", "Z g", "Zg\n", "+//+", "Zm8\xff", "Zg."}) {
    EXPECT_FALSE(Base64UrlDecode(text)) << text;
  }
  EXPECT_FALSE(Base64UrlDecode(std::string_view("Zg\0", 3)));
}

TEST(Base64, RefusesEveryOtherSpelling) {
  for (const char* text :
       {"Zg", "Zg=", "Zh==", "Z===", "====", "Zm9v====", "Z=g=", "-__-", "Zg==\n"}) {
    EXPECT_FALSE(Base64Decode(text)) << text;
  }
}

TEST(Hex, ReadsBothCasesAndWritesLower) {
  EXPECT_EQ(HexEncode(std::string_view("\x00\xab\xff", 3)), "00abff");
  EXPECT_EQ(HexDecode("00ABff"), std::string("\x00\xab\xff", 3));
  for (const char* text : {"0", "0g", "0x", " 0", "-1"}) EXPECT_FALSE(HexDecode(text)) << text;
}

TEST(Encoding, ComesBackWhateverTheBytes) {
  EXPECT_TRUE(rc::check("decode(encode(x)) == x", [](const std::string& bytes) {
    RC_ASSERT(Base64Decode(Base64Encode(bytes)) == bytes);
    RC_ASSERT(Base64UrlDecode(Base64UrlEncode(bytes)) == bytes);
    RC_ASSERT(HexDecode(HexEncode(bytes)) == bytes);
  }));
}

TEST(Encoding, HasOneTextForEachByteString) {
  EXPECT_TRUE(rc::check("whatever decodes is what encode writes", [] {
    const auto text =
        *rc::gen::container<std::string>(rc::gen::elementOf(std::string("AQgwz019-_+/=")));
    if (auto bytes = Base64UrlDecode(text)) RC_ASSERT(Base64UrlEncode(*bytes) == text);
    if (auto bytes = Base64Decode(text)) RC_ASSERT(Base64Encode(*bytes) == text);
  }));
}

}  // namespace
}  // namespace cruddur::auth
