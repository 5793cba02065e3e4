#include "auth/password_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cruddur::auth {
namespace {

using ::testing::StartsWith;

TEST(PasswordHash, IsArgon2idWithASaltOfItsOwn) {
  const std::string first = HashPassword("correct horse"), second = HashPassword("correct horse");
  EXPECT_THAT(first, StartsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_NE(first, second);
  EXPECT_TRUE(VerifyPassword(first, "correct horse"));
  EXPECT_TRUE(VerifyPassword(second, "correct horse"));
  EXPECT_FALSE(VerifyPassword(first, "correct horse "));
  EXPECT_FALSE(VerifyPassword(first, ""));
}

TEST(PasswordHash, OfSomebodyElsesProgramIsUnderstood) {
  // From the tests of the reference implementation.
  const std::string_view other =
      "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  EXPECT_TRUE(VerifyPassword(other, "password"));
  EXPECT_FALSE(VerifyPassword(other, "passwore"));
}

TEST(PasswordHash, OfAnotherKindMatchesNothing) {
  for (const std::string_view hash : {"", "hunter2", "$argon2i$v=19$m=1024,t=2,p=1$c29tZQ$aaaa",
                                      "$argon2id$", "$argon2id$v=19$m=99999999999,t=2,p=1$c$d"}) {
    EXPECT_FALSE(VerifyPassword(hash, "hunter2")) << hash;
    EXPECT_FALSE(VerifyPassword(hash, "")) << hash;
  }
}

}  // namespace
}  // namespace cruddur::auth
