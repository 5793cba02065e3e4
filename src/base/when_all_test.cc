#include "base/when_all.h"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <stdexcept>

namespace cruddur::base {
namespace {

Task<int> After(int turns, int value) {
  const Executor executor = co_await asio::this_coro::executor;
  for (int i = 0; i < turns; ++i) co_await asio::post(executor, kUseTask);
  if (value < 0) throw std::runtime_error("negative");
  co_return value;
}

// Runs `task` on a loop of its own; false if it ended in an exception.
template <class T>
bool Run(Task<T> task, T& out) {
  Loop loop;
  bool good = false;
  asio::co_spawn(loop, std::move(task), [&](std::exception_ptr exception, T value) {
    good = !exception;
    out = std::move(value);
  });
  loop.run();
  return good;
}

TEST(WhenAll, KeepsTheOrderWhateverEndsFirst) {
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 5; ++i) tasks.push_back(After(5 - i, i));
  std::vector<int> results;
  ASSERT_TRUE(Run(WhenAll(std::move(tasks)), results));
  EXPECT_EQ(results, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(WhenAll, OfNothingAndOfOneIsThere) {
  std::vector<int> results{9};
  ASSERT_TRUE(Run(WhenAll(std::vector<Task<int>>()), results));
  EXPECT_TRUE(results.empty());
  std::vector<Task<int>> one;
  one.push_back(After(0, 7));
  ASSERT_TRUE(Run(WhenAll(std::move(one)), results));
  EXPECT_EQ(results, std::vector<int>{7});
}

TEST(WhenAll, LetsTheOthersEndBeforeItThrows) {
  int ended = 0;
  const auto counted = [](int turns, int value, int& count) -> Task<int> {
    const int result = co_await After(turns, value);
    ++count;
    co_return result;
  };
  std::vector<Task<int>> tasks;
  tasks.push_back(After(0, -1));
  tasks.push_back(counted(3, 1, ended));
  tasks.push_back(counted(1, 2, ended));
  std::vector<int> results;
  EXPECT_FALSE(Run(WhenAll(std::move(tasks)), results));
  EXPECT_EQ(ended, 2);
}

TEST(WhenAll, MayBeDestroyedHalfWay) {
  Loop loop;
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 3; ++i) tasks.push_back(After(100, i));
  asio::co_spawn(loop, WhenAll(std::move(tasks)), asio::detached);
  loop.run_one();
  loop.run_one();
}

}  // namespace
}  // namespace cruddur::base
