#include "net/loop_pool.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <future>
#include <set>
#include <stdexcept>

namespace cruddur::net {
namespace {

TEST(LoopPool, RunsEachLoopOnAThreadOfItsOwn) {
  LoopPool loops(3);
  std::set<std::thread::id> threads;
  for (size_t i = 0; i < loops.size(); ++i) {
    std::promise<std::thread::id> id;
    base::asio::post(loops.loop(i), [&] { id.set_value(std::this_thread::get_id()); });
    threads.insert(id.get_future().get());
  }
  EXPECT_EQ(threads.size(), 3u);
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
}

TEST(LoopPool, HandsOutItsLoopsInTurn) {
  LoopPool loops(2);
  base::Loop& first = loops.Next();
  EXPECT_NE(&first, &loops.Next());
  EXPECT_EQ(&first, &loops.Next());
}

TEST(LoopPool, OutlivesAHandlerThatThrows) {
  LoopPool loops(1);
  base::asio::post(loops.loop(0), [] { throw std::runtime_error("expected by a test"); });
  std::promise<void> after;
  base::asio::post(loops.loop(0), [&] { after.set_value(); });
  after.get_future().get();
}

TEST(LoopPool, DestroysWhatIsPendingWhenItStops) {
  auto token = std::make_shared<int>(1);
  {
    LoopPool loops(1);
    loops.Stop();
    loops.Stop();
    base::asio::post(loops.loop(0), [token] { FAIL() << "ran on a stopped loop"; });
    EXPECT_EQ(token.use_count(), 2);
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST(LoopPool, HasALoopACoreByDefault) { EXPECT_GE(LoopPool().size(), 1u); }

}  // namespace
}  // namespace cruddur::net
