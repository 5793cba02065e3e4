#include "dynamo/content_coding.h"

#include <gtest/gtest.h>

namespace cruddur::dynamo {
namespace {

constexpr size_t kLimit = 1'000'000;

TEST(Unpack, InvertsPack) {
  for (const std::string& text : {std::string(), std::string("x"), std::string(300'000, 'x')}) {
    EXPECT_EQ(Unpack("gzip", Pack(AnswerCoding::kGzip, text), kLimit), text);
    EXPECT_EQ(Unpack("deflate", Pack(AnswerCoding::kDeflate, text), kLimit), text);
  }
}

TEST(Unpack, StopsAtItsLimit) {
  const std::string packed = Pack(AnswerCoding::kGzip, std::string(kLimit, 'x'));
  EXPECT_TRUE(Unpack("gzip", packed, kLimit));
  EXPECT_FALSE(Unpack("gzip", packed, kLimit - 1));
  EXPECT_FALSE(Unpack("gzip", packed.substr(0, packed.size() / 2), kLimit));
}

// Each costs what it is long, and no buffer of its own.
TEST(Unpack, TakesManyMembers) {
  const std::string empty = Pack(AnswerCoding::kGzip, "");
  std::string body;
  for (int i = 0; i < 800'000; ++i) body += empty;
  EXPECT_EQ(Unpack("gzip", body, kLimit), "");
  body += Pack(AnswerCoding::kGzip, "text") + Pack(AnswerCoding::kGzip, std::string(100'000, 'y'));
  const auto unpacked = Unpack("gzip", body, kLimit);
  EXPECT_EQ(unpacked, "text" + std::string(100'000, 'y'));
  EXPECT_LT(unpacked->capacity(), 400'000u);
}

}  // namespace
}  // namespace cruddur::dynamo
