#include "stream/lease_taking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "stream/stream_shards.h"

namespace cruddur::stream {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Leases = std::vector<Lease>;

Lease Of(std::string shard, std::string owner = "", int64_t counter = 0) {
  Lease lease = LeaseOfShard("arn", std::move(shard), "");
  lease.owner = std::move(owner);
  lease.counter = counter;
  return lease;
}

std::vector<std::string> ShardsOf(const Leases& leases) {
  std::vector<std::string> shards;
  for (const Lease& lease : leases) shards.push_back(lease.shard_id);
  std::ranges::sort(shards);
  return shards;
}

class LeaseTaking : public ::testing::Test {
 protected:
  Leases Choose(const Leases& leases, std::set<std::string> held_shards = {}) {
    watch.See(leases, now);
    std::set<std::string> held;
    for (const std::string& shard : held_shards) held.insert(LeaseKeyOfShard("arn", shard));
    return ChooseLeases(Workable(leases), watch, "me", held, now);
  }

  LeaseWatch watch{10s};
  LeaseWatch::Time now{1000s};
};

TEST_F(LeaseTaking, OneWorkerTakesAllThatIsFree) {
  EXPECT_THAT(ShardsOf(Choose({Of("a"), Of("b"), Of("c")})), ElementsAre("a", "b", "c"));
}

TEST_F(LeaseTaking, NobodyIsDeadWhoWasSeenForTheFirstTime) {
  EXPECT_THAT(Choose({Of("a", "you", 7)}), IsEmpty());
}

TEST_F(LeaseTaking, AnOwnerIsDeadWhoseCounterStoodStillForTheLeasesTime) {
  EXPECT_THAT(Choose({Of("a", "you", 7)}), IsEmpty());
  now += 9s;
  EXPECT_THAT(Choose({Of("a", "you", 8)}), IsEmpty());
  now += 9s;
  EXPECT_THAT(Choose({Of("a", "you", 8)}), IsEmpty());
  now += 1s;
  EXPECT_THAT(ShardsOf(Choose({Of("a", "you", 8)})), ElementsAre("a"));
}

TEST_F(LeaseTaking, WhatIsFreeIsShared) {
  const Leases leases = {Of("a", "you"), Of("b"), Of("c"), Of("d"), Of("e")};
  EXPECT_THAT(Choose(leases), SizeIs(3));
}

TEST_F(LeaseTaking, OneOfTheBusiestIsTakenUntilAllHaveTheSame) {
  Leases leases = {Of("a", "you"), Of("b", "you"), Of("c", "you"), Of("d", "she")};
  const Leases taken = Choose(leases);
  ASSERT_THAT(taken, SizeIs(1));
  EXPECT_EQ(taken[0].owner, "you");
  std::ranges::find(leases, taken[0].key, &Lease::key)->owner = "me";
  EXPECT_THAT(Choose(leases, {taken[0].shard_id}), IsEmpty());
}

TEST_F(LeaseTaking, AShardThatIsThereAloneStaysWhereItIs) {
  EXPECT_THAT(Choose({Of("a", "you")}), IsEmpty());
}

TEST_F(LeaseTaking, TakesAgainWhatItHasWithoutKnowing) {
  EXPECT_THAT(ShardsOf(Choose({Of("a", "me", 3)})), ElementsAre("a"));
  EXPECT_THAT(Choose({Of("a", "me", 3)}, {"a"}), IsEmpty());
}

// However many workers come, go and take in turns, each shard ends with one of those who live.
TEST_F(LeaseTaking, SettlesFairlyForAnyNumberOfWorkers) {
  for (int workers = 1; workers <= 5; ++workers) {
    for (int shards = 1; shards <= 12; ++shards) {
      Leases leases;
      for (int i = 0; i < shards; ++i) leases.push_back(Of(std::to_string(i), "dead", 5));
      std::vector<LeaseWatch> watches(static_cast<size_t>(workers), LeaseWatch(10s));
      for (int round = 0; round < 40; ++round, now += 2s) {
        for (int w = 0; w < workers; ++w) {
          const std::string me = "worker " + std::to_string(w);
          std::set<std::string> held;
          for (Lease& lease : leases) {
            if (lease.owner != me) continue;
            ++lease.counter;  // renewed
            held.insert(lease.key);
          }
          LeaseWatch& mine = watches[static_cast<size_t>(w)];
          mine.See(leases, now);
          for (const Lease& lease : ChooseLeases(Workable(leases), mine, me, held, now)) {
            Lease& taken = *std::ranges::find(leases, lease.key, &Lease::key);
            taken.owner = me;
            ++taken.counter;
          }
        }
      }
      for (int w = 0; w < workers; ++w) {
        const auto held = std::ranges::count(leases, "worker " + std::to_string(w), &Lease::owner);
        EXPECT_GE(held, shards / workers) << workers << " workers, " << shards << " shards";
        EXPECT_LE(held, (shards + workers - 1) / workers);
      }
    }
  }
}

TEST(Workable, AChildWaitsForItsParent) {
  Lease parent = LeaseOfShard("arn", "p", "trimmed");
  const Lease child = LeaseOfShard("arn", "c", "p");
  EXPECT_THAT(ShardsOf(Workable(Leases{child, parent})), ElementsAre("p"));
  parent.checkpoint = kShardEnd;
  EXPECT_THAT(ShardsOf(Workable(Leases{child, parent})), ElementsAre("c"));
}

TEST(Workable, AStreamWaitsForTheOneBefore) {
  Lease old = LeaseOfShard("arn/2023", "a", "");
  const Lease young = LeaseOfShard("arn/2024", "b", "");
  EXPECT_THAT(ShardsOf(Workable(Leases{young, old})), ElementsAre("a"));
  old.checkpoint = kShardEnd;
  EXPECT_THAT(ShardsOf(Workable(Leases{young, old})), ElementsAre("b"));
}

TEST(Workable, ThePassOverTheTableWaitsForNothing) {
  Lease pass;
  pass.key = kTableLeaseKey;
  EXPECT_THAT(Workable(Leases{LeaseOfShard("arn", "a", ""), pass}), SizeIs(2));
  pass.checkpoint = kShardEnd;
  EXPECT_THAT(Workable(Leases{pass}), IsEmpty());
}

TEST(MissingLeases, ComeParentsFirst) {
  const StreamShards stream{"arn", {{"c", "b"}, {"a", "trimmed"}, {"b", "a"}, {"x", ""}}};
  std::vector<std::string> order;
  for (const Lease& lease : MissingLeases(std::vector{stream}, Leases{Of("x")})) {
    order.push_back(lease.shard_id + " of " + lease.parent_shard_id);
  }
  EXPECT_THAT(order, ElementsAre("a of trimmed", "b of a", "c of b"));
}

TEST(MissingLeases, ThereMayBeAStreamThatNobodyKnows) {
  const std::vector<StreamShards> streams = {{"arn", {{"a", ""}}}, {"arn/empty", {}}};
  EXPECT_TRUE(HasNewStream(streams, Leases{}));
  EXPECT_FALSE(HasNewStream(streams, Leases{Of("other shard")}));
}

}  // namespace
}  // namespace cruddur::stream
