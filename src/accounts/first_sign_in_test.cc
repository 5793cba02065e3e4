// Whoever signs in gets a row, or an answer that says why not; and nobody waits for a pool that is
// away.
#include "accounts/first_sign_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/database_fixture.h"
#include "accounts/database_users.h"
#include "base/random.h"
#include "base/run_task.h"

namespace cruddur::accounts {
namespace {

using base::ErrorCode;
using std::chrono::seconds;
using ::testing::HasSubstr;

// A user pool that answers as it is told, and counts.
class FakeProfiles final : public Profiles {
 public:
  base::Task<base::Result<std::optional<PoolUser>>> Of(std::string, std::string) override {
    ++asked;
    if (away) co_return base::Fail(ErrorCode::kUnavailable, "the pool is away");
    co_return profile;
  }
  std::optional<PoolUser> profile;
  bool away = false;
  int asked = 0;
};

class FirstSignInTest : public OnBothDatabases {
 protected:
  void SetUp() override {
    OnBothDatabases::SetUp();
    if (IsSkipped()) return;
    Prepare(true);
    pool_ = std::make_unique<ConnectionPool>(options_);
    users_ = std::make_unique<DatabaseUsers>(*pool_);
    directory_ = std::make_unique<UserDirectory>(*users_, clock_);
    first_ = std::make_unique<FirstSignIn>(*pool_, profiles_, *directory_, clock_);
  }

  base::Result<UserPtr> Enroll(std::string token = "token") {
    return base::RunTask(first_->Enroll("s-1", std::move(token)));
  }
  // The new user's handle, or why there is none.
  std::string Outcome(PoolUser profile) {
    // Each case is somebody new, with a token of his own.
    const std::string sub = base::NewUuid();
    profile.sub = sub;
    profiles_.profile = std::move(profile);
    const auto user = base::RunTask(first_->Enroll(sub, "token of " + sub));
    if (!user) return user.error().message;
    return *user ? (*user)->handle + " " + (*user)->display_name : "nobody";
  }

  base::ManualClock clock_{kTestTime};
  FakeProfiles profiles_;
  std::unique_ptr<ConnectionPool> pool_;
  std::unique_ptr<DatabaseUsers> users_;
  std::unique_ptr<UserDirectory> directory_;
  std::unique_ptr<FirstSignIn> first_;
};
INSTANTIATE_TEST_SUITE_P(Databases, FirstSignInTest,
                         testing::Values(Kind::kSqlite, Kind::kPostgres), KindName);

TEST_P(FirstSignInTest, MakesTheRowOfWhatThePoolKnows) {
  profiles_.profile = {.sub = "s-1",
                       .username = "1b2c",
                       .preferred_username = "vir",
                       .email = "vir@example.com",
                       .email_verified = true,
                       .name = "Vir Cotto"};
  const auto user = Enroll();
  ASSERT_TRUE(user) << user.error().message;
  EXPECT_EQ((*user)->handle, "vir");
  EXPECT_EQ((*user)->display_name, "Vir Cotto");
  EXPECT_EQ((*user)->email, "vir@example.com");
  EXPECT_TRUE(HasEmail(**user));
  EXPECT_EQ((*user)->cognito_user_id, "s-1");
  EXPECT_EQ(**user, *base::RunTask(users_->FindByHandle("VIR")).value());
  EXPECT_EQ((*Enroll("another token"))->uuid, (*user)->uuid) << "once";
}

TEST_P(FirstSignInTest, GivesARowWithoutAVerifiedAddressToo) {
  profiles_.profile = {.sub = "s-1",
                       .username = "lennier",
                       .email = "bayko@example.com",  // anybody can say so
                       .email_verified = false};
  const auto user = Enroll();
  ASSERT_TRUE(user) << user.error().message;
  EXPECT_EQ((*user)->handle, "lennier") << "the username, where that is all";
  EXPECT_EQ((*user)->display_name, "lennier");
  EXPECT_FALSE(HasEmail(**user));
  EXPECT_EQ((*base::RunTask(users_->FindByHandle("bayko")))->email, "bayko@example.com");
}

TEST_P(FirstSignInTest, SaysWhyThereIsNoRow) {
  const std::string no_handle = "the user pool has no handle for you: set preferred_username there";
  const std::string taken = "another user has your handle or your email address";
  EXPECT_EQ(Outcome({.username = base::NewUuid()}), no_handle) << "an id is nobody's name";
  EXPECT_EQ(Outcome({.username = "somebody@example.com"}), no_handle);
  EXPECT_EQ(Outcome({.username = "gkar", .preferred_username = "G'Kar"}), no_handle)
      << "who chose a name isn't given another";
  EXPECT_EQ(Outcome({.username = "x", .preferred_username = "BAYKO"}), taken);
  EXPECT_EQ(Outcome({.username = "gkar", .email = "Bayko@example.com", .email_verified = true}),
            taken);
  EXPECT_EQ(Outcome({.username = "gkar", .name = "G'Kar"}), "gkar G'Kar");

  profiles_.profile = std::nullopt;
  EXPECT_EQ(Enroll().value(), nullptr);
  profiles_.profile = {.sub = "somebody-else", .username = "delenn"};
  EXPECT_EQ(Enroll("second token").value(), nullptr);
}

TEST_P(FirstSignInTest, DoesNotAskForATokenAgainAndAgain) {
  profiles_.profile = {.sub = "s-1", .username = base::NewUuid()};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Enroll().error().code, ErrorCode::kPermissionDenied);
  EXPECT_EQ(profiles_.asked, 1);
  profiles_.profile->preferred_username = "vir";
  EXPECT_EQ(Enroll("a new token").value()->handle, "vir") << "who signs in anew is asked about";
  EXPECT_EQ(profiles_.asked, 2);
  clock_.Advance(seconds(10));
  EXPECT_EQ(Enroll().value()->handle, "vir");

  profiles_.profile = std::nullopt;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Enroll("ended").value(), nullptr);
  EXPECT_EQ(profiles_.asked, 4);
  clock_.Advance(-std::chrono::hours(1));
  Enroll("ended").value();
  EXPECT_EQ(profiles_.asked, 5) << "a clock that went back keeps nothing for longer";
}

TEST_P(FirstSignInTest, KeepsNobodyWaitingForAPoolThatIsAway) {
  profiles_.away = true;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Enroll("token " + std::to_string(i)).error().code, ErrorCode::kUnavailable);
  }
  EXPECT_EQ(profiles_.asked, 1);
  profiles_.away = false;
  profiles_.profile = {.sub = "s-1", .username = "vir"};
  clock_.Advance(seconds(1));
  EXPECT_EQ(Enroll("token 0").value()->handle, "vir");
}

}  // namespace
}  // namespace cruddur::accounts
