#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "stream/follower_fixture.h"

namespace cruddur::stream {
namespace {

using ::testing::ElementsAre;

TEST_F(FollowerTest, CatchesUpFromTheBeginningAndThenFollowsLive) {
  CreateTable();
  Put("a");
  Put("other");
  Put("b");
  Follow(consumer);
  ASSERT_TRUE(consumer.Await("b"));
  EXPECT_FALSE(consumer.WasFirst("a"));
  const std::vector<std::string> expected = {"a", "b", "c"};
  Put("c");
  ASSERT_TRUE(consumer.Await("c"));
  // Even where the catch-up was still looking for more and found it.
  EXPECT_TRUE(consumer.WasFirst("c"));
  EXPECT_EQ(consumer.handled(), expected);
}

TEST_F(FollowerTest, GoesOnAtItsCheckpoint) {
  CreateTable();
  Follow(consumer);
  Put("a");
  ASSERT_TRUE(consumer.Await("a"));
  follower->Stop();
  Put("b");
  Consumer next;
  Follow(next);
  ASSERT_TRUE(next.Await("b"));
  EXPECT_THAT(next.handled(), ElementsAre("b"));
}

TEST_F(FollowerTest, WithoutACheckpointHandsOutEverythingAgain) {
  CreateTable();
  options.checkpoint_path.clear();
  Follow(consumer);
  Put("a");
  ASSERT_TRUE(consumer.Await("a"));
  follower->Stop();
  Consumer next;
  Follow(next);
  ASSERT_TRUE(next.Await("a"));
}

TEST_F(FollowerTest, TriesAgainWhatFailedWhileTheRestGoesOn) {
  CreateTable();
  consumer.Fail("bad");
  Follow(consumer);
  Put("bad");
  Put("good");
  ASSERT_TRUE(consumer.Await("good"));
  ASSERT_TRUE(consumer.AwaitAttempts("bad", 3));
  // A restart meets it again, for the checkpoint waits for it.
  follower->Stop();
  Consumer next;
  next.Fail("bad");
  Follow(next);
  ASSERT_TRUE(next.AwaitAttempts("bad", 2));
  next.Fail("bad", false);
  ASSERT_TRUE(next.Await("bad"));
  follower->Stop();
  Consumer last;
  Put("end");
  Follow(last);
  ASSERT_TRUE(last.Await("end"));
  EXPECT_THAT(last.handled(), ElementsAre("end"));
}

TEST_F(FollowerTest, ReadsTheStreamWhenItsQueueOverflows) {
  CreateTable();
  options.max_queued = 3;
  Follow(consumer);
  Put("first");
  ASSERT_TRUE(consumer.Await("first"));
  consumer.Hold(true);  // the loop stands still in the handler, the queue fills
  std::vector<std::string> expected{"first"};
  for (int i = 0; i < 20; ++i) {
    Put(std::to_string(i));
    expected.push_back(std::to_string(i));
  }
  consumer.Hold(false);
  ASSERT_TRUE(consumer.Await("19"));
  EXPECT_EQ(consumer.handled(), expected);
  EXPECT_TRUE(consumer.WasFirst("19"));
  // Where the first catch-up had not ended yet it has read them all, and sees the loss behind them.
  for (int i = 0; i < 2'000 && follower->catch_ups() < 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_GE(follower->catch_ups(), 2u);
}

TEST_F(FollowerTest, FollowsATableThatIsMadeLaterAndOneThatIsMadeAnew) {
  Follow(consumer);
  CreateTable();
  Put("a");
  Put("b");
  ASSERT_TRUE(consumer.Await("b"));
  ASSERT_TRUE(Run(client->DeleteTable(kTable)));
  CreateTable();
  Put("c");
  ASSERT_TRUE(consumer.Await("c"));
}

TEST_F(FollowerTest, StopsWhileItWaitsForRetries) {
  CreateTable();
  options.max_failed = 1;
  options.first_retry = options.last_retry = std::chrono::hours(1);
  consumer.Fail("bad");
  Follow(consumer);
  Put("bad");
  Put("next");
  ASSERT_TRUE(consumer.AwaitAttempts("bad", 1));
  follower->Stop();
  follower->Stop();
  SUCCEED();
}

TEST_F(FollowerTest, StartsOverWhenItsHandlerThrows) {
  CreateTable();
  Put("a");
  consumer.Throw(2);
  Follow(consumer);
  ASSERT_TRUE(consumer.Await("a"));
  consumer.Throw(1);
  Put("b");
  ASSERT_TRUE(consumer.Await("b"));
  EXPECT_FALSE(consumer.WasFirst("b"));  // for it may have been handled in part
  EXPECT_EQ(follower->restarts(), 3u);
  Put("c");
  ASSERT_TRUE(consumer.Await("c"));
  follower->Stop();
  Consumer next;
  Follow(next);
  Put("d");
  ASSERT_TRUE(next.Await("d"));
  EXPECT_THAT(next.handled(), ElementsAre("d"));
}

TEST_F(FollowerTest, ReadsShardsInTheOrderOfTheirSplits) {
  CreateTable();
  const std::string arn = Run(client->DescribeTable(kTable))->stream_arn;
  const auto shards = [&] {
    return Run(client->DescribeStream({.stream_arn = arn}))->shards.size();
  };
  const auto put_across_split = [&](const std::string& before, const std::string& after) {
    Put(before);
    const size_t count = shards();
    clock.Advance(std::chrono::hours(4));
    for (int i = 0; i < 2000 && shards() == count; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_EQ(shards(), count + 1);
    Put(after);
  };
  put_across_split("a", "b");
  put_across_split("c", "d");
  Follow(consumer);
  ASSERT_TRUE(consumer.Await("d"));
  // Live, and from a checkpoint in a shard that has been closed since.
  put_across_split("e", "f");
  ASSERT_TRUE(consumer.Await("f"));
  EXPECT_THAT(consumer.handled(), ElementsAre("a", "b", "c", "d", "e", "f"));
  follower->Stop();
  put_across_split("g", "h");
  Consumer next;
  Follow(next);
  ASSERT_TRUE(next.Await("h"));
  EXPECT_THAT(next.handled(), ElementsAre("g", "h"));
}

}  // namespace
}  // namespace cruddur::stream
