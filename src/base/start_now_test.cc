#include "base/start_now.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "base/run_task.h"

namespace cruddur::base {
namespace {

Task<int> Note(int& noted, bool wait) {
  noted = 1;
  if (wait) co_await asio::post(co_await asio::this_coro::executor, kUseTask);
  noted = 2;
  co_return 7;
}

Task<int> Throw(bool wait) {
  if (wait) co_await asio::post(co_await asio::this_coro::executor, kUseTask);
  throw std::runtime_error("thrown");
}

TEST(StartNow, RunsToTheFirstWaitAtOnceAndAnswersItsResult) {
  for (const bool wait : {false, true}) {
    const int result = RunTask([](bool wait) -> Task<int> {
      int noted = 0;
      Task<int> started = StartNow(co_await asio::this_coro::executor, Note(noted, wait));
      EXPECT_EQ(noted, wait ? 1 : 2);
      const int result = co_await std::move(started);
      EXPECT_EQ(noted, 2);
      co_return result;
    }(wait));
    EXPECT_EQ(result, 7);
  }
}

TEST(StartNow, GivesAnExceptionToWhoAwaitsIt) {
  for (const bool wait : {false, true}) {
    EXPECT_THROW(RunTask([](bool wait) -> Task<int> {
                   co_return co_await StartNow(co_await asio::this_coro::executor, Throw(wait));
                 }(wait)),
                 std::runtime_error);
  }
}

TEST(StartNow, RunsToTheEndThoughNobodyWaits) {
  int noted = 0;
  RunTask([](int& noted) -> Task<int> {
    const Task<int> dropped = StartNow(co_await asio::this_coro::executor, Note(noted, true));
    co_return 0;
  }(noted));
  EXPECT_EQ(noted, 2);
}

TEST(StartNow, LeaksNothingWhenItsLoopEndsBefore) {
  int noted = 0;
  {
    Loop loop(1);
    asio::co_spawn(
        loop,
        [](int& noted) -> Task<int> {
          co_return co_await StartNow(co_await asio::this_coro::executor, Note(noted, true));
        }(noted),
        [](std::exception_ptr, int) {});
    loop.poll_one();
  }
  EXPECT_LT(noted, 2);
}

}  // namespace
}  // namespace cruddur::base
