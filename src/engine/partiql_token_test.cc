#include "engine/partiql_token.h"

#include <gtest/gtest.h>

namespace cruddur::engine {
namespace {

TEST(StatementToken, ComesBackAsItWas) {
  const StatementToken token{
      .statement = 0x0123456789ABCDEF, .range = 7, .row = std::string("a\0b", 3)};
  const auto decoded = DecodeStatementToken(EncodeStatementToken(token));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->statement, token.statement);
  EXPECT_EQ(decoded->range, token.range);
  EXPECT_EQ(decoded->row, token.row);
}

TEST(StatementToken, IsRefusedWhenAnythingInItWasChanged) {
  const std::string text = EncodeStatementToken({.statement = 1, .range = 2, .row = "row"});
  for (size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto decoded = DecodeStatementToken(changed);
    ASSERT_FALSE(decoded) << i;
    EXPECT_EQ(decoded.error().message, "Invalid NextToken");
  }
  for (const char* other : {"", "x", "AAAA", "garbage!"}) {
    EXPECT_FALSE(DecodeStatementToken(other)) << other;
  }
}

}  // namespace
}  // namespace cruddur::engine
