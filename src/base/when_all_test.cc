#include "base/when_all.h"

#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <stdexcept>

#include "base/run_task.h"

namespace cruddur::base {
namespace {

Task<int> After(int turns, int value) {
  const Executor executor = co_await asio::this_coro::executor;
  for (int i = 0; i < turns; ++i) co_await asio::post(executor, kUseTask);
  if (value < 0) throw std::runtime_error("negative");
  co_return value;
}

TEST(WhenAll, KeepsTheOrderWhateverEndsFirst) {
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 5; ++i) tasks.push_back(After(5 - i, i));
  EXPECT_EQ(RunTask(WhenAll(std::move(tasks))), (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(WhenAll, OfNothingAndOfOneIsThere) {
  EXPECT_TRUE(RunTask(WhenAll(std::vector<Task<int>>())).empty());
  std::vector<Task<int>> one;
  one.push_back(After(0, 7));
  EXPECT_EQ(RunTask(WhenAll(std::move(one))), std::vector<int>{7});
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
  EXPECT_THROW(RunTask(WhenAll(std::move(tasks))), std::runtime_error);
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
