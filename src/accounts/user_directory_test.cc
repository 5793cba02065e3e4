#include "accounts/user_directory.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <map>

#include "accounts/database_fixture.h"
#include "accounts/database_users.h"
#include "accounts/sql.h"
#include "base/random.h"
#include "base/run_task.h"

namespace cruddur::accounts {
namespace {

using base::ErrorCode;
using std::chrono::seconds;

// A users database in memory that counts, fails and waits as it is told.
class FakeUsers final : public Users {
 public:
  Found FindByCognitoUserId(std::string id) override { return Answer(id, &User::cognito_user_id); }
  Found FindByHandle(std::string handle) override { return Answer(handle, &User::handle); }
  Found FindByUuid(std::string uuid) override { return Answer(uuid, &User::uuid); }
  base::Task<base::Result<std::vector<User>>> FindByUuids(std::vector<std::string> uuids) override {
    std::vector<User> found;
    for (const auto& uuid : uuids) {
      CO_TRY_ASSIGN(auto user, co_await FindByUuid(uuid));
      if (user) found.push_back(*user);
    }
    co_return found;
  }

  base::Task<base::Result<std::vector<User>>> Search(std::string) override { co_return users; }

  std::vector<User> users;
  bool away = false;
  int asked = 0;
  std::function<void()> meanwhile = [] {};

 private:
  Found Answer(std::string name, std::string User::* member) {
    ++asked;
    const auto before = users;
    co_await base::asio::post(base::kUseTask);
    meanwhile();
    if (away) co_return base::Fail(ErrorCode::kUnavailable, "away");
    for (const User& user : before) {
      if (user.*member == name) co_return user;
    }
    co_return std::nullopt;
  }
};

class Directory : public testing::Test {
 protected:
  Directory() {
    users_.users = {{"u-1", "Andrew Bayko", "bayko", "bayko@example.com", "C-1", ""},
                    {"u-2", "Londo Mollari", "londo", "londo@example.com", "C-2", ""}};
  }
  base::Result<UserPtr> ByHandle(std::string_view handle) {
    return base::RunTask(directory_.ByHandle(handle));
  }
  // The name, or why there is none.
  std::string NameOf(std::string_view handle) {
    const auto user = ByHandle(handle);
    return !user ? user.error().message : *user ? (*user)->display_name : "unknown";
  }

  FakeUsers users_;
  base::ManualClock clock_{kTestTime};
  UserDirectory directory_{users_, clock_, {.capacity = 1'000}};
};

TEST_F(Directory, RemembersAUserUnderEveryName) {
  const auto user = ByHandle("BayKo");
  ASSERT_TRUE(user && *user);
  EXPECT_EQ((*user)->uuid, "u-1");
  EXPECT_EQ(*base::RunTask(directory_.ByCognitoUserId("C-1")), *user) << "the same object";
  EXPECT_EQ(*base::RunTask(directory_.ByUuid("U-1")), *user);
  EXPECT_EQ(*ByHandle("bayko"), *user);
  EXPECT_EQ(users_.asked, 1);
  EXPECT_EQ(*base::RunTask(directory_.ByCognitoUserId("c-1")), nullptr) << "an id has its case";
}

TEST_F(Directory, AsksAgainAfterAMinute) {
  EXPECT_EQ(NameOf("bayko"), "Andrew Bayko");
  users_.users[0].display_name = "Bayko";
  clock_.Advance(seconds(59));
  EXPECT_EQ(NameOf("bayko"), "Andrew Bayko");
  clock_.Advance(seconds(1));
  EXPECT_EQ(NameOf("bayko"), "Bayko");
  EXPECT_EQ(users_.asked, 2);
}

TEST_F(Directory, RemembersThatThereIsNobodyForTwoSeconds) {
  EXPECT_EQ(NameOf("gkar"), "unknown");
  users_.users.push_back({"u-3", "G'Kar", "gkar", "", "C-3", ""});
  clock_.Advance(seconds(1));
  EXPECT_EQ(NameOf("gkar"), "unknown");
  EXPECT_EQ(users_.asked, 1);
  clock_.Advance(seconds(1));
  EXPECT_EQ(NameOf("gkar"), "G'Kar");
}

TEST_F(Directory, AnswersWithWhatItHasWhileTheDatabaseIsAway) {
  EXPECT_EQ(NameOf("bayko"), "Andrew Bayko");
  EXPECT_EQ(NameOf("gkar"), "unknown");
  users_.away = true;
  clock_.Advance(std::chrono::hours(5));
  EXPECT_EQ(NameOf("bayko"), "Andrew Bayko");
  EXPECT_EQ(NameOf("bayko"), "Andrew Bayko");
  EXPECT_EQ(users_.asked, 3) << "the database isn't asked at every turn";
  EXPECT_EQ(NameOf("londo"), "away");
  EXPECT_EQ(NameOf("gkar"), "away") << "not to know somebody five hours ago says nothing now";
  users_.away = false;
  users_.users[0].display_name = "Bayko";
  clock_.Advance(seconds(1));
  EXPECT_EQ(NameOf("bayko"), "Bayko");
}

TEST_F(Directory, LetsOneOfManyRenewAnEntry) {
  EXPECT_EQ(NameOf("bayko"), "Andrew Bayko");
  clock_.Advance(seconds(61));
  base::Loop loop(1);
  int right = 0;
  auto ask = [](UserDirectory& directory, int& right) -> base::Task<> {
    const auto user = co_await directory.ByHandle("bayko");
    right += user && *user && (*user)->handle == "bayko";
  };
  for (int i = 0; i < 100; ++i) {
    base::asio::co_spawn(loop, ask(directory_, right), base::asio::detached);
  }
  loop.run();
  EXPECT_EQ(right, 100);
  EXPECT_EQ(users_.asked, 2);
}

TEST_F(Directory, ForgetsWhoChanged) {
  EXPECT_EQ(NameOf("bayko"), "Andrew Bayko");
  const User before = users_.users[0];
  users_.users[0].display_name = "Bayko";
  directory_.Forget(before);
  EXPECT_EQ(NameOf("bayko"), "Bayko");
}

TEST_F(Directory, DoesNotRememberWhatWasReadBeforeAChange) {
  users_.meanwhile = [&] {
    users_.users[0].display_name = "Bayko";
    directory_.Forget(users_.users[0]);
    users_.meanwhile = [] {};
  };
  EXPECT_EQ(NameOf("bayko"), "Andrew Bayko") << "read before";
  EXPECT_EQ(NameOf("bayko"), "Bayko");
}

TEST_F(Directory, AClockThatWentBackKeepsNothingForLonger) {
  EXPECT_EQ(NameOf("bayko"), "Andrew Bayko");
  users_.users[0].display_name = "Bayko";
  clock_.Advance(-std::chrono::hours(24));
  EXPECT_EQ(NameOf("bayko"), "Bayko");
}

TEST_F(Directory, FindsManyInTheOrderOfTheQuestion) {
  const auto ask = [&](std::vector<std::string> uuids) {
    std::string names;
    const auto users = base::RunTask(directory_.ByUuids(std::move(uuids)));
    if (!users) return users.error().message;
    for (const UserPtr& user : *users) names += user->handle + " ";
    return names;
  };
  EXPECT_EQ(ask({"u-2", "nobody", "u-1", "u-2"}), "londo bayko londo ");
  EXPECT_EQ(users_.asked, 4);
  EXPECT_EQ(ask({"U-1", "u-2", "nobody"}), "bayko londo ");
  EXPECT_EQ(users_.asked, 4) << "all remembered, the unknown one too";
  EXPECT_EQ(ask({}), "");
  users_.away = true;
  clock_.Advance(std::chrono::hours(1));
  EXPECT_EQ(ask({"u-1", "u-1", "u-2"}), "bayko bayko londo ");
  EXPECT_EQ(ask({"u-1", "u-3"}), "away");
}

TEST_F(Directory, IsBoundedWhateverStrangersAskFor) {
  UserDirectory small(users_, clock_, {.capacity = 32});
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_EQ(*base::RunTask(small.ByHandle("stranger" + std::to_string(i))), nullptr);
  }
  const std::string huge(100'000, 'x');
  EXPECT_EQ(*base::RunTask(small.ByHandle(huge)), nullptr);
  const int asked = users_.asked;
  EXPECT_EQ(*base::RunTask(small.ByHandle(huge)), nullptr);
  EXPECT_EQ(users_.asked, asked + 1) << "a name of that length isn't kept";
}

class UserSearch : public OnBothDatabases {};
INSTANTIATE_TEST_SUITE_P(Databases, UserSearch, testing::Values(Kind::kSqlite, Kind::kPostgres),
                         KindName);

TEST_P(UserSearch, IsByTheBeginningOfHandleOrNameInAnyCase) {
  Prepare(true);
  for (const auto& [handle, name] : std::vector<std::pair<std::string, std::string>>{
           {"a_b", "Zoë 100%"}, {"a-c", "Zoëe"}, {"aZb", "Zoe"}, {"zoe", "Somebody"}}) {
    Must(SeedDatabase(options_, SeedUser{.handle = handle, .display_name = name}, kTestTime));
  }
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  const auto search = [&](const std::string& beginning) {
    std::string handles;
    for (const User& user : *Must(base::RunTask(users.Search(beginning)))) {
      handles += user.handle + " ";
    }
    return handles;
  };
  EXPECT_EQ(search("andrew"), "andrewbrown bayko ") << "handles first, then names";
  EXPECT_EQ(search("ANDREW B"), "bayko andrewbrown ") << "by name: Bayko, Brown";
  EXPECT_EQ(search("londo mol"), "londo ");
  EXPECT_EQ(search("a"), "a-c a_b andrewbrown aZb bayko ") << "in the order of the bytes";
  EXPECT_EQ(search("a_"), "a_b ") << "no wildcard";
  EXPECT_EQ(search("zoe"), "zoe aZb ");
  EXPECT_EQ(search("zoë"), "a_b a-c ");
  EXPECT_EQ(search("zoë 100%"), "a_b ");
  for (const std::string& nothing :
       {std::string(), std::string("%"), std::string("_"), std::string("x' or 1=1 --"),
        std::string("\xff"), std::string("a\0b", 3), std::string(1'000, 'a')}) {
    EXPECT_EQ(search(nothing), "") << nothing;
  }
}

TEST_P(UserSearch, IsBoundedAndReadsNoMoreThanItShows) {
  Prepare(false);
  const auto connection = Connect();
  Must(connection->Begin());
  for (int i = 0; i < 50; ++i) {
    const std::string handle = "user" + std::to_string(10 + i);
    Must(connection->Run(
        {"", "insert into users values ($1, 'User', $2, $3, $2, $4)"},
        {base::NewUuid(), handle, handle + "@example.com", "2023-03-24T09:45:01.561513+00:00"}));
  }
  Must(connection->Commit());
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  const auto found = *Must(base::RunTask(users.Search("user")));
  ASSERT_EQ(found.size(), kMostFound);
  EXPECT_EQ(found.front().handle, "user10");
  EXPECT_EQ(found.back().handle, "user29");

  if (kind_ == Kind::kPostgres) Must(connection->RunScript("set enable_seqscan = off; set enable_bitmapscan = off"));
  for (const Statement& statement : {sql::kUsersByHandleBeginning, sql::kUsersByNameBeginning}) {
    const std::string explained = (kind_ == Kind::kPostgres ? "explain " : "explain query plan ") +
                                  std::string(statement.sql);
    const Rows plan = *Must(connection->Run({"", explained}, {"user", "z"}));
    std::string text;
    for (const auto& cell : plan.cells) text += cell.value_or("") + "\n";
    EXPECT_NE(text.find("_beginning"), std::string::npos) << "the index: " << text;
    EXPECT_EQ(text.find("Sort"), std::string::npos) << text;
    EXPECT_EQ(text.find("TEMP B-TREE"), std::string::npos) << text;
  }
}

class DirectoryOverPostgres : public DatabaseTest {
 protected:
  void SetUp() override { Use(Kind::kPostgres); }
};

TEST_F(DirectoryOverPostgres, KeepsServingWhomItKnowsWhileTheServerIsAway) {
  Prepare(true);
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  base::ManualClock clock(kTestTime);
  UserDirectory directory(users, clock);
  ASSERT_TRUE(*base::RunTask(directory.ByHandle("bayko")));
  PostgresServer::Shared()->Crash();
  clock.Advance(std::chrono::hours(1));
  const auto known = base::RunTask(directory.ByHandle("bayko"));
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_EQ((*known)->display_name, "Andrew Bayko");
  EXPECT_EQ(base::RunTask(directory.ByHandle("londo")).error().code, ErrorCode::kUnavailable);
  PostgresServer::Shared()->Start();
}

}  // namespace
}  // namespace cruddur::accounts
