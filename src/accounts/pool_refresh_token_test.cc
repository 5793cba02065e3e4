#include "accounts/pool_refresh_token.h"

#include <gtest/gtest.h>

namespace cruddur::accounts {
namespace {

const RefreshToken kToken{.session = "11111111-2222-4333-8444-555555555555", .generation = 7};

TEST(RefreshToken, IsReadAsItWasSigned) {
  const std::string text = SignRefreshToken("secret", kToken);
  EXPECT_TRUE(text.starts_with("11111111-2222-4333-8444-555555555555.7-")) << text;
  EXPECT_EQ(ReadRefreshToken("secret", text), kToken);
  EXPECT_EQ(ReadRefreshToken("another", text), std::nullopt);
}

TEST(RefreshToken, IsNobodysWithAnyByteChanged) {
  const std::string text = SignRefreshToken("secret", kToken);
  for (size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = other[i] == '8' ? '9' : '8';
    EXPECT_EQ(ReadRefreshToken("secret", other), std::nullopt) << other;
    EXPECT_EQ(ReadRefreshToken("secret", text.substr(0, i)), std::nullopt) << i;
  }
  for (const std::string& other : {text + "A", text.substr(0, 37) + "0" + text.substr(37),
                                   text.substr(0, 37) + "+" + text.substr(37), " " + text}) {
    EXPECT_EQ(ReadRefreshToken("secret", other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace cruddur::accounts
