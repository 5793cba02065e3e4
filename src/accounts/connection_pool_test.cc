#include "accounts/connection_pool.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <latch>

#include "accounts/built_in_user_pool.h"
#include "accounts/database_fixture.h"
#include "accounts/database_users.h"
#include "base/random.h"
#include "base/run_task.h"

namespace cruddur::accounts {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class Pooled : public OnBothDatabases {};
INSTANTIATE_TEST_SUITE_P(Databases, Pooled, testing::Values(Kind::kSqlite, Kind::kPostgres),
                         KindName);

TEST_P(Pooled, UsersAreFoundByEachOfTheirNames) {
  Prepare(true);
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  const auto bayko = base::RunTask(users.FindByHandle("BayKo"));
  ASSERT_TRUE(bayko) << bayko.error().message;
  ASSERT_TRUE(*bayko);
  EXPECT_EQ((*bayko)->handle, "bayko");
  EXPECT_EQ((*bayko)->display_name, "Andrew Bayko");
  EXPECT_EQ(*base::RunTask(users.FindByCognitoUserId((*bayko)->cognito_user_id)), *bayko);
  EXPECT_EQ(*base::RunTask(users.FindByUuid((*bayko)->uuid)), *bayko);
  std::string shouted = (*bayko)->uuid;
  for (char& c : shouted) c = static_cast<char>(toupper(c));
  EXPECT_EQ(*base::RunTask(users.FindByUuid(shouted)), *bayko);
}

TEST_P(Pooled, WhateverIsAskedForIsAQuestion) {
  Prepare(true);
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  for (const std::string& text :
       {std::string(), std::string("nobody"), std::string("bay%"), std::string("bayko "),
        std::string("bayko\0", 6), std::string("\xff\xfe"), std::string(100'000, 'x'),
        std::string("' or 1=1 --"), base::NewUuid()}) {
    for (const auto& found :
         {base::RunTask(users.FindByHandle(text)), base::RunTask(users.FindByCognitoUserId(text)),
          base::RunTask(users.FindByUuid(text))}) {
      ASSERT_TRUE(found) << found.error().message;
      EXPECT_EQ(*found, std::nullopt);
    }
  }
}

TEST_P(Pooled, WhatACallThrowsIsItsOwnFailure) {
  Prepare(false);
  ConnectionPool pool(options_);
  std::move_only_function<base::Result<int>(Connection&)> greedy =
      [](Connection&) -> base::Result<int> { throw std::bad_alloc(); };
  EXPECT_EQ(base::RunTask(pool.Run<int>(Access::kRead, std::move(greedy))).error().code,
            ErrorCode::kResourceExhausted);
  std::move_only_function<base::Result<int>(Connection&)> broken =
      [](Connection&) -> base::Result<int> { throw std::logic_error("of a test"); };
  const auto failed = base::RunTask(pool.Run<int>(Access::kRead, std::move(broken)));
  EXPECT_EQ(failed.error().code, ErrorCode::kInternal);
  EXPECT_EQ(failed.error().message, "of a test");
  std::move_only_function<base::Result<int>(Connection&)> sound =
      [](Connection&) -> base::Result<int> { return 7; };
  EXPECT_EQ(base::RunTask(pool.Run<int>(Access::kRead, std::move(sound))).value(), 7);
}

TEST_P(Pooled, ManyUsersComeInTheOrderOfTheQuestion) {
  Prepare(false);
  std::vector<SeedUser> seeds;
  for (int i = 0; i < 40; ++i) seeds.push_back({"user" + std::to_string(i), "", ""});
  ASSERT_TRUE(SeedUsers(*Connect(), seeds, kTestTime));
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  std::vector<std::string> uuids;
  for (int i = 39; i >= 0; --i) {
    uuids.push_back((*base::RunTask(users.FindByHandle("user" + std::to_string(i))))->uuid);
    uuids.push_back(base::NewUuid());
    uuids.push_back("no uuid");
  }
  const auto found = base::RunTask(users.FindByUuids(uuids));
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 40u);
  EXPECT_EQ(found->front().handle, "user39");
  EXPECT_EQ(found->back().handle, "user0");
  EXPECT_TRUE(base::RunTask(users.FindByUuids({}))->empty());
  EXPECT_EQ(base::RunTask(users.FindByUuids(std::vector<std::string>(257))).error().code,
            ErrorCode::kInvalidArgument);
}

TEST_P(Pooled, AHundredAskAtOnce) {
  Prepare(true);
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> loops;
    for (int loop = 0; loop < 4; ++loop) {
      loops.emplace_back([&] {
        base::Loop own(1);
        const auto thread = std::this_thread::get_id();
        for (int i = 0; i < 25; ++i) {
          const std::string handle = DemoUsers()[i % 3].handle;
          auto ask = [](DatabaseUsers& users, std::string handle, std::thread::id thread,
                        std::atomic<int>& right) -> base::Task<> {
            const auto found = co_await users.FindByHandle(handle);
            right += found && *found && (*found)->handle == handle &&
                     std::this_thread::get_id() == thread;
          };
          base::asio::co_spawn(own, ask(users, handle, thread, right), base::asio::detached);
        }
        own.run();
      });
    }
  }
  EXPECT_EQ(right, 100);
}

// Keeps the pool's only thread busy until the latch is open.
base::Task<base::Result<int>> Block(ConnectionPool& pool, std::latch& started, std::latch& open) {
  std::move_only_function<base::Result<int>(Connection&)> work = [&](Connection&) {
    started.count_down();
    open.wait();
    return base::Result<int>(7);
  };
  co_return co_await pool.Run<int>(Access::kRead, std::move(work));
}

TEST_P(Pooled, RefusesWhatTheQueueCannotHold) {
  Prepare(true);
  options_.connections = 1;
  options_.max_queue = 2;
  std::latch started(1), open(1);  // outlive the pool, whose thread waits for them
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  std::jthread blocked([&] { EXPECT_EQ(*base::RunTask(Block(pool, started, open)), 7); });
  started.wait();

  base::Loop loop(1);
  std::vector<base::Result<std::optional<User>>> results;
  auto ask = [](DatabaseUsers& users, auto& results) -> base::Task<> {
    results.push_back(co_await users.FindByHandle("bayko"));
  };
  for (int i = 0; i < 3; ++i) {
    base::asio::co_spawn(loop, ask(users, results), base::asio::detached);
  }
  while (results.empty()) loop.run_one();
  EXPECT_EQ(results[0].error().code, ErrorCode::kResourceExhausted);
  open.count_down();
  loop.run();
  ASSERT_EQ(results.size(), 3u);
  EXPECT_TRUE(results[1] && *results[1]);
  EXPECT_TRUE(results[2] && *results[2]);
}

TEST_P(Pooled, ACallWhoseThreadHangsIsAnsweredAllTheSame) {
  Prepare(true);
  options_.connections = 1;
  options_.call_time = milliseconds(100);
  std::latch started(1), open(1);  // outlive the pool, whose thread waits for them
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  const auto hanging = base::RunTask(Block(pool, started, open));
  ASSERT_FALSE(hanging);
  EXPECT_EQ(hanging.error().code, ErrorCode::kUnavailable);
  const auto waiting = base::RunTask(users.FindByHandle("bayko"));
  ASSERT_FALSE(waiting) << "the only thread still hangs";
  EXPECT_EQ(waiting.error().code, ErrorCode::kUnavailable);
  open.count_down();
}

TEST_P(Pooled, StopFailsWhatWaits) {
  Prepare(true);
  options_.connections = 1;
  std::latch started(1), open(1);  // outlive the pool, whose thread waits for them
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  std::jthread blocked([&] { EXPECT_TRUE(base::RunTask(Block(pool, started, open))); });
  started.wait();
  std::jthread waiting([&] {
    const auto found = base::RunTask(users.FindByHandle("bayko"));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
  });
  std::jthread stopping([&] { pool.Stop(); });
  waiting.join();
  open.count_down();
  stopping.join();
  EXPECT_EQ(base::RunTask(users.FindByHandle("bayko")).error().code, ErrorCode::kUnavailable);
}

TEST_P(Pooled, ListsThePoolPageByPage) {
  Prepare(true);
  ConnectionPool connections(options_);
  BuiltInUserPool pool(connections, 2);
  const auto first = base::RunTask(pool.ListUsers(""));
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->users.size(), 2u);
  const auto second = base::RunTask(pool.ListUsers(first->next_token));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->users.size(), 1u);
  EXPECT_EQ(second->next_token, "");
  EXPECT_EQ(base::RunTask(ListAllUsers(pool))->size(), 3u);
  EXPECT_FALSE(base::RunTask(pool.ListUsers("\xff"))) << "a token that can't be one of ours";
}

TEST_P(Pooled, CopiesTheSubsOfAPool) {
  Prepare(true);
  const auto connection = Connect();
  const auto id = [&](std::string_view handle) {
    return (*FindUserByHandle(*connection, handle))->cognito_user_id;
  };
  EXPECT_EQ(UpdateCognitoUserIds(options_)->updated.size(), 3u);
  EXPECT_EQ(FindPoolUser(*connection, "bayko")->value().sub, id("bayko")) << "was right already";

  struct FakePool final : UserPool {
    base::Task<base::Result<PoolPage>> ListUsers(std::string token) override {
      if (token == "two") co_return PoolPage{{pages[1]}, ""};
      co_return PoolPage{pages[0], "two"};
    }
    std::vector<std::vector<PoolUser>> pages;
  } pool;
  // Two who have changed their subs with one another, one without a handle, a stranger; two pages.
  pool.pages = {{{.sub = id("londo"), .preferred_username = "Bayko"}, {.sub = "sub-3"}},
                {{.sub = id("bayko"), .preferred_username = "londo"},
                 {.sub = "sub-4", .preferred_username = "gkar"}}};
  const std::string bayko = id("bayko"), londo = id("londo");
  const auto report = UpdateCognitoUserIds(options_, &pool);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->updated.size(), 2u);
  EXPECT_EQ(report->no_handle, (std::vector<std::string>{"sub-3"}));
  EXPECT_EQ(report->unknown, (std::vector<std::string>{"gkar"}));
  EXPECT_EQ(id("bayko"), londo);
  EXPECT_EQ(id("londo"), bayko);

  // A sub that another user keeps: nothing changes.
  pool.pages = {{{.sub = "fresh", .preferred_username = "londo"}},
                {{.sub = id("andrewbrown"), .preferred_username = "bayko"}}};
  const auto clash = UpdateCognitoUserIds(options_, &pool);
  ASSERT_FALSE(clash);
  EXPECT_EQ(clash.error().code, ErrorCode::kAlreadyExists);
  EXPECT_NE(clash.error().message.find("bayko"), std::string::npos) << clash.error().message;
  EXPECT_EQ(id("londo"), bayko);
}

TEST(UserPool, WithoutAnEndIsAnError) {
  struct EndlessPool final : UserPool {
    base::Task<base::Result<PoolPage>> ListUsers(std::string) override {
      co_return PoolPage{{}, "again"};
    }
  } pool;
  EXPECT_EQ(base::RunTask(ListAllUsers(pool)).error().code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace cruddur::accounts
