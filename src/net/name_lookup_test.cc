#include "net/name_lookup.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "net/loop_pool.h"
#include "net/test_resolver.h"
#include "net/test_run.h"

namespace cruddur::net {
namespace {

using base::ErrorCode;
using Found = base::Result<NameLookUp::Endpoints>;

const Origin kOrigin{.host = "cache.test", .port = 1234};

struct NameLookUpTest : ::testing::Test {
  std::future<Found> Start(NameLookUp& names, std::chrono::milliseconds patience) {
    return base::asio::co_spawn(loops.loop(0), Look(names, patience), base::asio::use_future);
  }
  static base::Task<Found> Look(NameLookUp& names, std::chrono::milliseconds patience) {
    co_return co_await names.Find(kOrigin, std::chrono::steady_clock::now() + patience);
  }

  LoopPool loops{1};
  HangingResolver resolver;
};

TEST_F(NameLookUpTest, AsksOnceForAllWhoWait) {
  NameLookUp names(resolver.ask());
  std::vector<std::future<Found>> waiting;
  for (int i = 0; i < 10; ++i) waiting.push_back(Start(names, std::chrono::seconds(60)));
  RunOn(loops.loop(0), []() -> base::Task<void> { co_return; }());  // they all wait now
  resolver.LetGo();
  for (auto& each : waiting) {
    const Found found = each.get();
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->size(), 1u);
    EXPECT_EQ(found->front().port(), kOrigin.port);
  }
  EXPECT_EQ(resolver.asked(), 1);
  EXPECT_TRUE(Start(names, std::chrono::seconds(60)).get());
  EXPECT_EQ(resolver.asked(), 2) << "an answer isn't kept";
}

TEST_F(NameLookUpTest, GivesUpAtTheDeadlineAndAsksNoSecondTimeMeanwhile) {
  NameLookUp names(resolver.ask());
  for (int i = 0; i < 5; ++i) {
    const Found found = Start(names, std::chrono::milliseconds(1)).get();
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kDeadlineExceeded);
  }
  EXPECT_LE(resolver.asked(), 1);
}

// On one loop, as the store's and the cache's are.
TEST_F(NameLookUpTest, OfOneNameHoldsUpNoOther) {
  NameLookUp hanging(resolver.ask());
  auto never = Start(hanging, std::chrono::seconds(60));
  NameLookUp other([](const Origin&) -> Found { return NameLookUp::Endpoints(); });
  EXPECT_TRUE(Start(other, std::chrono::seconds(60)).get());
  resolver.LetGo();
  EXPECT_TRUE(never.get());
}

TEST_F(NameLookUpTest, MayGoWhileItIsAsking) {
  std::future<Found> waiting;
  {
    NameLookUp names(resolver.ask());
    waiting = Start(names, std::chrono::milliseconds(1));
    EXPECT_FALSE(waiting.get());
  }
  resolver.LetGo();
}

}  // namespace
}  // namespace cruddur::net
