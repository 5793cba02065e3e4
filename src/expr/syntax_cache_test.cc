#include "expr/syntax_cache.h"

#include <gtest/gtest.h>

namespace cruddur::expr {
namespace {

std::shared_ptr<const Syntax> Cached(Grammar grammar, std::string_view text,
                                     Origin origin = Origin::kExpression) {
  auto parsed = ParseCached(grammar, text, origin);
  EXPECT_TRUE(parsed) << parsed.error();
  return parsed.value_or(nullptr);
}

TEST(SyntaxCache, FindsWhatWasParsedBefore) {
  const auto first = Cached(Grammar::kCondition, "a = :v");
  EXPECT_EQ(Cached(Grammar::kCondition, "a = :v"), first);
  EXPECT_NE(Cached(Grammar::kCondition, "a = :v", Origin::kLegacy), first);
  EXPECT_FALSE(ParseCached(Grammar::kCondition, "a ="));
  EXPECT_FALSE(ParseCached(Grammar::kUpdate, "a = :v"));
}

TEST(SyntaxCache, DropsTheLeastRecentlyUsed) {
  const auto first = Cached(Grammar::kProjection, "oldest");
  const auto used = Cached(Grammar::kProjection, "used");
  for (int i = 0; i < 3000; ++i) {
    Cached(Grammar::kProjection, "a" + std::to_string(i));
    EXPECT_EQ(Cached(Grammar::kProjection, "used"), used);
  }
  EXPECT_NE(Cached(Grammar::kProjection, "oldest"), first);
}

// One of them would push out all others.
TEST(SyntaxCache, PassesLongLegacyTextsBy) {
  const auto first = Cached(Grammar::kProjection, "a");
  std::string text = "#n";
  for (int i = 0; i < 100'000; ++i) text += ", #n" + std::to_string(i);
  const auto long_one = Cached(Grammar::kProjection, text, Origin::kLegacy);
  EXPECT_EQ(long_one->paths.size(), 100'001u);
  EXPECT_NE(Cached(Grammar::kProjection, text, Origin::kLegacy), long_one);
  EXPECT_EQ(Cached(Grammar::kProjection, "a"), first);
}

}  // namespace
}  // namespace cruddur::expr
