#include "cache/shared_loads.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <thread>

#include "net/loop_pool.h"

namespace cruddur::cache {
namespace {

struct SharedLoadsTest : ::testing::Test {
  ~SharedLoadsTest() override { loops.Stop(); }

  // A load that ends when `go` is set.
  base::Task<SharedLoads::Loaded> Load() {
    ++running;
    while (!go) {
      net::Timer timer(co_await base::asio::this_coro::executor, std::chrono::milliseconds(1));
      co_await timer.async_wait(base::kUseTask);
    }
    if (fails) throw std::runtime_error("expected by a test");
    co_return std::make_shared<const std::string>(std::to_string(running));
  }
  std::future<SharedLoads::Loaded> Ask(const std::string& key, uint64_t version) {
    return base::asio::co_spawn(
        loops.Next(),
        [](SharedLoadsTest& test, std::string key,
           uint64_t version) -> base::Task<SharedLoads::Loaded> {
          co_return co_await test.loads.Run(key, version, [&test] { return test.Load(); });
        }(*this, key, version),
        base::asio::use_future);
  }
  template <class Condition>
  static void Await(Condition condition) {
    while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  net::LoopPool loops{2};
  SharedLoads loads;
  std::atomic<int> running{0};
  std::atomic<bool> go{false}, fails{false};
};

TEST_F(SharedLoadsTest, LoadsOnceForAThousand) {
  std::vector<std::future<SharedLoads::Loaded>> asked;
  for (int i = 0; i < 1'000; ++i) asked.push_back(Ask("key", 7));
  Await([&] { return loads.shared() == 999; });
  go = true;
  for (auto& answer : asked) EXPECT_EQ(*answer.get().value(), "1");
  EXPECT_EQ(running, 1);
}

TEST_F(SharedLoadsTest, KeepsKeysAndVersionsApart) {
  std::vector<std::future<SharedLoads::Loaded>> asked;
  asked.push_back(Ask("key", 7));
  asked.push_back(Ask("key", 8));
  asked.push_back(Ask("other", 7));
  asked.push_back(Ask("key", 0));
  asked.push_back(Ask("key", 0));
  Await([&] { return running == 5; });
  go = true;
  for (auto& answer : asked) EXPECT_TRUE(answer.get());
  EXPECT_EQ(loads.shared(), 0u);
}

TEST_F(SharedLoadsTest, TellsThoseWhoWaitWhereALoadIsLost) {
  fails = true;
  auto first = Ask("key", 7);
  Await([&] { return running == 1; });
  auto second = Ask("key", 7);
  Await([&] { return loads.shared() == 1; });
  go = true;
  EXPECT_THROW(first.get(), std::runtime_error);
  const auto answer = second.get();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, base::ErrorCode::kUnavailable);
  fails = false;
  EXPECT_TRUE(Ask("key", 7).get()) << "the next one loads anew";
}

}  // namespace
}  // namespace cruddur::cache
