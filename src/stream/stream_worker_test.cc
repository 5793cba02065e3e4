#include "stream/stream_worker.h"

#include "stream/stream_worker_fixture.h"

namespace cruddur::stream {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(StreamWorkerTest, HandsOverWhatIsThereAndWhatComes) {
  Begin(consumer);
  streams.AddShard("arn", "s");
  for (const char* name : {"a", "b", "c", "d", "e"}) streams.Put("s", name);
  ASSERT_TRUE(consumer.Await("e"));
  streams.Put("s", "f");
  ASSERT_TRUE(consumer.Await("f"));
  EXPECT_THAT(consumer.handled(), ElementsAre("a", "b", "c", "d", "e", "f"));
}

TEST_F(StreamWorkerTest, ACleanStopReleasesTheLeasesAtTheirCheckpoints) {
  streams.AddShard("arn", "s");
  Worker& first = Begin(consumer);
  streams.Put("s", "a");
  ASSERT_TRUE(consumer.Await("a"));
  first.worker->Stop();
  EXPECT_EQ(LeaseOfShardNamed("s").owner, "");
  EXPECT_EQ(LeaseOfShardNamed("s").checkpoint, "101");
  streams.Put("s", "b");
  Consumer next;
  Begin(next);
  ASSERT_TRUE(next.Await("b"));
  EXPECT_THAT(next.handled(), ElementsAre("b"));
}

TEST_F(StreamWorkerTest, ParentsComeBeforeTheirChildren) {
  streams.AddShard("arn", "grandchild", "child");
  streams.AddShard("arn", "child", "parent");
  streams.AddShard("arn", "parent", "trimmed long ago");
  streams.Put("grandchild", "e");
  streams.Put("child", "c");
  streams.Put("child", "d");
  streams.Put("parent", "a");
  streams.Close("child");
  consumer.Fail("b");
  streams.Put("parent", "b");
  streams.Close("parent");
  Begin(consumer);
  ASSERT_TRUE(consumer.AwaitAttempts("b", 3));
  EXPECT_THAT(consumer.handled(), ElementsAre("a"));
  consumer.Fail("b", false);
  ASSERT_TRUE(consumer.Await("e"));
  EXPECT_THAT(consumer.handled(), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_TRUE(Await([&] { return LeaseOfShardNamed("child").finished(); }));
}

TEST_F(StreamWorkerTest, AShardThatFailsDoesNotHoldUpTheOthers) {
  streams.AddShard("arn", "s");
  streams.AddShard("arn", "t");
  consumer.Fail("poison");
  streams.Put("s", "poison");
  Begin(consumer);
  ASSERT_TRUE(consumer.AwaitAttempts("poison", 2));
  streams.Put("t", "a");
  ASSERT_TRUE(consumer.Await("a"));
  consumer.Fail("poison", false);
  ASSERT_TRUE(consumer.Await("poison"));
}

TEST_F(StreamWorkerTest, GoesOnWhenItsIteratorsHaveExpiredAndWhenItIsThrottled) {
  streams.AddShard("arn", "s");
  streams.Put("s", "a");
  Begin(consumer);
  ASSERT_TRUE(consumer.Await("a"));
  streams.ExpireIterators();
  streams.Put("s", "b");
  ASSERT_TRUE(consumer.Await("b"));
  streams.throttled = 5;
  streams.Put("s", "c");
  ASSERT_TRUE(consumer.Await("c"));
  EXPECT_THAT(consumer.handled(), ElementsAre("a", "b", "c"));
}

TEST_F(StreamWorkerTest, TwoShareTheShardsAndOneTakesAllWhenTheOtherStops) {
  for (const char* shard : {"1", "2", "3", "4", "5", "6"}) streams.AddShard("arn", shard);
  Worker& first = Begin(consumer);
  ASSERT_TRUE(Await([&] { return first.worker->held() == 6; }));
  Worker& second = Begin(consumer);
  EXPECT_TRUE(Await([&] { return first.worker->held() == 3 && second.worker->held() == 3; }));
  for (const char* shard : {"1", "2", "3", "4", "5", "6"}) {
    streams.Put(shard, std::string("in ") + shard);
    ASSERT_TRUE(consumer.Await(std::string("in ") + shard));
  }
  first.worker->Stop();
  EXPECT_TRUE(Await([&] { return second.worker->held() == 6; }));
}

TEST_F(StreamWorkerTest, WhatAStreamDoesNotTellIsLookedForInTheTable) {
  CreateTable();
  for (const char* name : {"x", "y", "z"}) Put(name);
  owner.failures = 1;
  pages = owner.handler();
  streams.AddShard("arn", "s");
  for (const char* name : {"a", "b", "c", "d"}) streams.Put("s", name);
  Worker& first = Begin(consumer);
  ASSERT_TRUE(consumer.Await("d"));
  const auto passed = [&] {
    const auto leases = Leases();
    const auto pass = std::ranges::find(leases, kTableLeaseKey, &Lease::key);
    return pass != leases.end() && pass->finished() && pass->owner.empty();
  };
  EXPECT_TRUE(Await(passed)) << "a new stream";
  EXPECT_THAT(owner.seen(), IsSupersetOf({"x", "y", "z"}));
  first.worker->Stop();

  // While nobody works, records are trimmed that nobody has read.
  const int calls = owner.calls;
  for (const char* name : {"e", "f", "g"}) streams.Put("s", name);
  streams.Trim("s", 6);
  Worker& second = Begin(consumer);
  ASSERT_TRUE(consumer.Await("g"));
  EXPECT_THAT(consumer.handled(), Not(Contains("e")));
  EXPECT_TRUE(Await([&] { return owner.calls > calls && passed(); })) << "trimmed records";
  second.worker->Stop();

  // A stream goes as a whole, and there is another one.
  const int more_calls = owner.calls;
  streams.RemoveStream("arn");
  streams.AddShard("arn/2", "t");
  streams.Put("t", "h");
  Begin(consumer);
  ASSERT_TRUE(consumer.Await("h"));
  EXPECT_TRUE(Await([&] { return owner.calls > more_calls && passed(); })) << "another stream";
  EXPECT_TRUE(Await([&] { return LeaseOfShardNamed("s").key.empty(); })) << "forgotten";
}

TEST_F(StreamWorkerTest, AWorkerThatLostItsLeaseStopsAndTakesItAgainFromWhoIsDead) {
  streams.AddShard("arn", "s");
  consumer.Fail("a");
  streams.Put("s", "a");
  Worker& worker = Begin(consumer);
  ASSERT_TRUE(consumer.AwaitAttempts("a", 1));
  LeaseTable thief(streams, "leases", "thief");
  EXPECT_TRUE(Await([&] {
    Lease lease = LeaseOfShardNamed("s");
    EXPECT_TRUE(Run(thief.Take(lease)));  // again and again, and so alive
    return worker.worker->held() == 0;
  }));
  EXPECT_EQ(LeaseOfShardNamed("s").checkpoint, kTrimHorizon);
  // The thief is never heard of again.
  consumer.Fail("a", false);
  EXPECT_TRUE(consumer.Await("a"));
}

// The first worker dies with its n-th call to the store, for every n up to beyond its last one;
// another one goes on. Nothing is skipped, and no parent comes after its child.
TEST_F(StreamWorkerTest, NothingIsSkippedWhereverAWorkerDies) {
  times = {100ms, 5ms};
  constexpr int kCalls = 16;
  for (int last_call = 1; last_call <= kCalls; ++last_call) {
    SCOPED_TRACE(last_call);
    const std::string arn = "arn/" + std::to_string(last_call);
    const std::string parent = "parent " + arn, child = "child " + arn;
    streams.AddShard(arn, child, parent);
    streams.AddShard(arn, parent);
    for (const char* name : {"a", "b", "c", "d"}) streams.Put(parent, name);
    streams.Close(parent);
    for (const char* name : {"e", "f"}) streams.Put(child, name);
    Consumer both;
    Worker& mortal = Begin(both, last_call);
    ASSERT_TRUE(Await([&] {
      return mortal.client.dead() || LeaseOfShardNamed(child).checkpoint != kTrimHorizon;
    }));
    mortal.client.Die();
    Begin(both);
    ASSERT_TRUE(both.Await("f"));
    ASSERT_TRUE(Await([&] { return LeaseOfShardNamed(parent).finished(); }));
    const auto handled = both.handled();
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) EXPECT_THAT(handled, Contains(name));
    const auto first_child = std::ranges::find(handled, "e");
    EXPECT_EQ(std::find(first_child, handled.end(), "a"), handled.end());
    workers.clear();
    streams.RemoveStream(arn);
    ASSERT_TRUE(Run(client->DeleteTable("leases")));
  }
}

}  // namespace
}  // namespace cruddur::stream
