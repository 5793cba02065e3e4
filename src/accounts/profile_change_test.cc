#include "accounts/profile_change.h"

#include <gtest/gtest.h>

#include "accounts/database_fixture.h"
#include "accounts/database_users.h"
#include "accounts/name_changes.h"
#include "base/run_task.h"

namespace cruddur::accounts {
namespace {

using base::ErrorCode;
using std::chrono::seconds;

class Profile : public OnBothDatabases {
 protected:
  void SetUp() override {
    OnBothDatabases::SetUp();
    if (IsSkipped()) return;
    Prepare(true);
    pool_ = std::make_unique<ConnectionPool>(options_);
    users_ = std::make_unique<DatabaseUsers>(*pool_);
    changes_ = std::make_unique<NameChanges>(*pool_, clock_);
    bayko_ = *Must(base::RunTask(users_->FindByHandle("bayko")));
  }

  base::Result<ChangedProfile> Change(ProfileChange change) {
    return base::RunTask(ChangeProfile(*pool_, bayko_->uuid, std::move(change), clock_.Now()));
  }
  std::optional<NameChange> Take() { return *Must(base::RunTask(changes_->Take())); }
  std::string PoolNamesOf(const std::string& sub) {
    const Rows rows = *Must(Connect()->Run(
        {"", "select name, preferred_username, username from pool_users where sub = $1"}, {sub}));
    return rows.Text(0, 0) + ", " + rows.Text(0, 1) + ", " + rows.Text(0, 2);
  }

  base::ManualClock clock_{kTestTime};
  std::unique_ptr<ConnectionPool> pool_;
  std::unique_ptr<DatabaseUsers> users_;
  std::unique_ptr<NameChanges> changes_;
  std::optional<User> bayko_;
};
INSTANTIATE_TEST_SUITE_P(Databases, Profile, testing::Values(Kind::kSqlite, Kind::kPostgres),
                         KindName);

// Else who takes an id that was shown to them would know that it is nobody's.
TEST_P(Profile, TakesNoIdForAHandle) {
  const auto refused = Change({.handle = "0b3a1c5e-7d2f-4e6a-9b8c-1d2e3f4a5b6c"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kAlreadyExists);
  EXPECT_FALSE(Take());
}

TEST_P(Profile, ChangesInTheUsersAndInThePool) {
  const auto changed = Change({.display_name = "Zoë", .handle = "zoe.b"});
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->before, *bayko_);
  User expected = *bayko_;
  expected.display_name = "Zoë";
  expected.handle = "zoe.b";
  EXPECT_EQ(changed->after, expected);
  EXPECT_EQ(**Must(base::RunTask(users_->FindByHandle("ZOE.B"))), expected);
  EXPECT_FALSE(*Must(base::RunTask(users_->FindByHandle("bayko"))));
  EXPECT_EQ(PoolNamesOf(bayko_->cognito_user_id), "Zoë, zoe.b, bayko");
  ASSERT_TRUE(Change({.display_name = "Zoë B."}));
  EXPECT_EQ(PoolNamesOf(bayko_->cognito_user_id), "Zoë B., zoe.b, bayko");
}

TEST_P(Profile, LeavesNobodyTwoOfOneHandle) {
  const auto code = [&](std::string handle) {
    const auto changed = Change({.display_name = "Changed", .handle = std::move(handle)});
    return changed ? ErrorCode::kInternal : changed.error().code;
  };
  EXPECT_EQ(code("londo"), ErrorCode::kAlreadyExists);
  EXPECT_EQ(code("LonDo"), ErrorCode::kAlreadyExists);
  // Somebody who signed up at the pool and hasn't come here yet.
  Must(Connect()->Run({"",
                       "insert into pool_users (sub, username, email, status, created_at, "
                       "updated_at) values ('s', 'gkar', 'g@example.com', 'CONFIRMED', $1, $1)"},
                      {"2023-03-24T09:45:01.561513+00:00"}));
  EXPECT_EQ(code("GKar"), ErrorCode::kAlreadyExists);
  EXPECT_EQ(code("no handle"), ErrorCode::kInvalidArgument) << "the schema's last word";
  EXPECT_EQ(*Must(base::RunTask(users_->FindByUuid(bayko_->uuid))), bayko_) << "all or nothing";
  EXPECT_FALSE(Take());

  EXPECT_EQ(Change({.handle = "BAYKO"})->after.handle, "BAYKO") << "one's own, spelled anew";
  EXPECT_EQ(Change({.handle = "zoe"})->after.handle, "zoe");
  EXPECT_EQ(Change({.handle = "bayko"})->after.handle, "bayko")
      << "the username is still one's own";
}

TEST_P(Profile, OfNobodyIsNotFound) {
  Must(Connect()->Run({"", "delete from users where uuid = $1"}, {bayko_->uuid}));
  EXPECT_EQ(Change({.display_name = "x"}).error().code, ErrorCode::kNotFound);
}

TEST_P(Profile, NotesOnlyWhatChanges) {
  const auto same = Change({.display_name = bayko_->display_name, .handle = bayko_->handle});
  ASSERT_TRUE(same);
  EXPECT_EQ(same->after, *bayko_);
  EXPECT_FALSE(Take());
}

// The life of a change: taken, cut off, gone on with by somebody else, gone over a second time.
TEST_P(Profile, ChangesAreWorkedOffWhateverHappensToWhoDoes) {
  ASSERT_TRUE(Change({.display_name = "New"}));
  const auto taken = Take();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->user.display_name, "New");
  EXPECT_EQ(taken->progress, "");
  EXPECT_FALSE(Take()) << "one at a time";
  clock_.Advance(seconds(4));
  EXPECT_TRUE(*Must(base::RunTask(changes_->Advance(*taken, "half way"))));
  clock_.Advance(seconds(4));
  EXPECT_FALSE(Take()) << "a step renews it";

  clock_.Advance(seconds(1));
  const auto resumed = Take();
  ASSERT_TRUE(resumed) << "he is gone";
  EXPECT_EQ(resumed->progress, "half way");
  EXPECT_EQ(resumed->began_at, taken->began_at);
  EXPECT_FALSE(*Must(base::RunTask(changes_->Finish(*resumed)))) << "too early for the last time";
  EXPECT_FALSE(Take());

  clock_.Advance(seconds(90));
  const auto again = Take();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->progress, "");
  EXPECT_TRUE(*Must(base::RunTask(changes_->Finish(*again))));
  clock_.Advance(std::chrono::hours(1));
  EXPECT_FALSE(Take());
}

TEST_P(Profile, AChangeMeanwhileBeginsAnew) {
  ASSERT_TRUE(Change({.display_name = "New"}));
  const auto first = Take();
  ASSERT_TRUE(first);
  clock_.Advance(seconds(1));
  ASSERT_TRUE(Change({.display_name = "Newer"}));
  EXPECT_FALSE(*Must(base::RunTask(changes_->Advance(*first, "half way"))));
  clock_.Advance(seconds(200));
  static_cast<void>(*Must(base::RunTask(changes_->Finish(*first))));
  const auto second = Take();
  ASSERT_TRUE(second) << "who finishes the old one doesn't end the new one";
  EXPECT_EQ(second->user.display_name, "Newer");
  EXPECT_EQ(second->progress, "");
}

}  // namespace
}  // namespace cruddur::accounts
