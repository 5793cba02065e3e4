#include "json/reader.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace cruddur::json {
namespace {

std::string Nested(size_t depth, std::string_view inside) {
  return std::string(depth, '[') + std::string(inside) + std::string(depth, ']');
}

TEST(Document, ReadsOneTextAfterAnother) {
  Document document;
  for (int round = 0; round < 3; ++round) {
    auto root = document.Parse(R"( {"a": [1, "two", null, true, 2.5]} )");
    ASSERT_TRUE(root.has_value());
    Array array = (*root)["a"];
    EXPECT_EQ(array.size(), 5u);
    EXPECT_EQ(std::string_view(array.at(1)), "two");
    EXPECT_FALSE(document.Parse("{").has_value());  // an error doesn't spoil the next parse
  }
}

TEST(Document, RefusesWhatIsNoJson) {
  const std::string_view cases[] = {
      "",
      "   ",
      "{",
      "[1,]",
      "{\"a\":1,}",
      "{'a':1}",
      "{\"a\" 1}",
      "{} {}",
      "[] x",
      "nul",
      "truefalse",
      "01",
      "+1",
      "1e999",
      "123456789012345678901234567890",
      "\"\xFF\"",
      "\"\xC3\x28\"",
      "\"\xED\xA0\x80\"",
      "\"\\ud800\"",
      "\"\\x\"",
      "\"tab\tinside\"",
      "\"unterminated",
      "\xEF\xBB\xBF{}",
  };
  Document document;
  for (auto text : cases) {
    auto root = document.Parse(text);
    ASSERT_FALSE(root.has_value()) << text;
    EXPECT_EQ(root.error().code, base::ErrorCode::kInvalidArgument) << text;
    EXPECT_FALSE(root.error().message.empty());
  }
}

TEST(Document, BoundsTheNesting) {
  Document document;
  EXPECT_TRUE(document.Parse(Nested(kMaxDepth, "1")).has_value());
  EXPECT_FALSE(document.Parse(Nested(kMaxDepth + 1, "1")).has_value());
  EXPECT_FALSE(document.Parse(std::string(100'000, '[')).has_value());
  EXPECT_FALSE(document.Parse(Nested(100'000, "1")).has_value());
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(document.Parse(objects).has_value());
  EXPECT_TRUE(document.Parse("[]").has_value());
}

TEST(Document, ReadsLargeAndSmallTextsInTurn) {
  Document document;
  std::string large = "\"" + std::string(5 << 20, 'x') + "\"";
  for (int round = 0; round < 2; ++round) {
    auto root = document.Parse(large);
    ASSERT_TRUE(root.has_value());
    EXPECT_EQ(std::string_view(root->get_string()).size(), large.size() - 2);
    ASSERT_TRUE(document.Parse(Nested(kMaxDepth, "1")).has_value());
    EXPECT_FALSE(document.Parse(Nested(kMaxDepth + 1, "1")).has_value());
  }
}

TEST(Document, NeverCrashesOnAnyBytes) {
  Document document;
  EXPECT_TRUE(rc::check([&](const std::string& bytes) { (void)document.Parse(bytes); }));
  EXPECT_TRUE(rc::check([&] {
    auto text =
        *rc::gen::container<std::string>(rc::gen::elementOf(std::string("[]{}\",:\\u0e1t ")));
    (void)document.Parse(text);
  }));
}

}  // namespace
}  // namespace cruddur::json
