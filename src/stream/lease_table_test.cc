#include "stream/lease_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/run_task.h"
#include "dynamo/forwarding_client_fixture.h"
#include "dynamo/in_process_client.h"
#include "engine/engine.h"

namespace cruddur::stream {
namespace {

using model::DbErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Loses the n-th call of the items' operations: the store does it or not, and no answer comes.
class LosingClient final : public dynamo::ForwardingClient {
 public:
  using ForwardingClient::ForwardingClient;

  void Lose(int call, bool done) {
    calls_ = 0;
    lost_ = call;
    done_ = done;
  }
  int calls() const { return calls_; }

  base::Task<model::DbResult<model::WriteItemResponse>> PutItem(model::PutItemRequest r) override {
    return Do(store_.PutItem(std::move(r)));
  }
  base::Task<model::DbResult<model::WriteItemResponse>> UpdateItem(
      model::UpdateItemRequest r) override {
    return Do(store_.UpdateItem(std::move(r)));
  }
  base::Task<model::DbResult<model::GetItemResponse>> GetItem(model::GetItemRequest r) override {
    return Do(store_.GetItem(std::move(r)));
  }

 private:
  template <class T>
  base::Task<model::DbResult<T>> Do(base::Task<model::DbResult<T>> call) {
    const bool lost = ++calls_ == lost_;
    if (lost && !done_) co_return model::DbFail(DbErrorCode::kUnreachable, "cut off");
    auto result = co_await std::move(call);
    if (lost) co_return model::DbFail(DbErrorCode::kUnreachable, "answer lost");
    co_return result;
  }
  int calls_ = 0, lost_ = 0;
  bool done_ = false;
};

class LeaseTableTest : public ::testing::Test {
 protected:
  LeaseTableTest() { EXPECT_TRUE(base::RunTask(one.Ensure())); }

  Lease Only() {
    const auto leases = base::RunTask(two.List()).value();
    EXPECT_EQ(leases.size(), 1u);
    return leases.empty() ? Lease() : leases.front();
  }
  Lease AddOne() {
    EXPECT_TRUE(base::RunTask(one.Add(LeaseOfShard("arn", "shard", "parent"))));
    return Only();
  }

  std::unique_ptr<engine::Engine> engine = engine::Engine::Open({.in_memory = true}).value();
  dynamo::InProcessClient store{*engine};
  LosingClient client{store};
  LeaseTable one{client, "leases", "one"}, two{store, "leases", "two"};
};

TEST_F(LeaseTableTest, IsMadeOnce) {
  EXPECT_TRUE(base::RunTask(two.Ensure()));
  EXPECT_THAT(base::RunTask(two.List()).value(), IsEmpty());
}

TEST_F(LeaseTableTest, AddsALeaseOnceAndReadsItBack) {
  Lease lease = AddOne();
  EXPECT_EQ(lease, LeaseOfShard("arn", "shard", "parent"));
  ASSERT_TRUE(base::RunTask(one.Take(lease)).value());
  EXPECT_TRUE(base::RunTask(two.Add(LeaseOfShard("arn", "shard", "parent"))));
  EXPECT_EQ(Only(), lease);
}

TEST_F(LeaseTableTest, OfTwoWhoWantALeaseOneGetsIt) {
  Lease mine = AddOne(), yours = mine;
  EXPECT_TRUE(base::RunTask(one.Take(mine)).value());
  EXPECT_FALSE(base::RunTask(two.Take(yours)).value());
  EXPECT_EQ(Only().owner, "one");
}

TEST_F(LeaseTableTest, WhoWasTakenForDeadWritesNoMore) {
  Lease mine = AddOne();
  ASSERT_TRUE(base::RunTask(one.Take(mine)).value());
  Lease yours = mine;
  ASSERT_TRUE(base::RunTask(two.Take(yours)).value());
  EXPECT_FALSE(base::RunTask(one.Renew(mine, "1")).value());
  EXPECT_FALSE(base::RunTask(one.Release(mine, "1")).value());
  EXPECT_EQ(Only(), yours);
}

TEST_F(LeaseTableTest, AReleasedLeaseIsNobodysAtItsCheckpoint) {
  Lease lease = AddOne();
  ASSERT_TRUE(base::RunTask(one.Take(lease)).value());
  ASSERT_TRUE(base::RunTask(one.Renew(lease, "17")).value());
  ASSERT_TRUE(base::RunTask(one.Release(lease, "18")).value());
  EXPECT_EQ(Only(), lease);
  EXPECT_EQ(lease.owner, "");
  EXPECT_EQ(lease.checkpoint, "18");
  EXPECT_EQ(lease.counter, 3);
}

TEST_F(LeaseTableTest, ALeaseThatChangedIsNotDeleted) {
  const Lease before = AddOne();
  Lease lease = before;
  ASSERT_TRUE(base::RunTask(one.Take(lease)).value());
  EXPECT_TRUE(base::RunTask(two.Delete(before)));
  EXPECT_EQ(Only(), lease);
  EXPECT_TRUE(base::RunTask(two.Delete(lease)));
  EXPECT_THAT(base::RunTask(two.List()).value(), IsEmpty());
}

TEST_F(LeaseTableTest, BeginningThePassAnewTakesItFromItsOwner) {
  ASSERT_TRUE(base::RunTask(one.BeginTablePass()));
  Lease pass = Only();
  EXPECT_TRUE(pass.of_table());
  ASSERT_TRUE(base::RunTask(one.Take(pass)).value());
  ASSERT_TRUE(base::RunTask(one.Renew(pass, "page 2")).value());
  ASSERT_TRUE(base::RunTask(two.BeginTablePass()));
  EXPECT_FALSE(base::RunTask(one.Renew(pass, std::string(kShardEnd))).value());
  EXPECT_EQ(Only().owner, "");
  EXPECT_EQ(Only().checkpoint, kTrimHorizon);
}

TEST_F(LeaseTableTest, AnItemThatIsNoLeaseIsAnError) {
  AddOne();
  model::PutItemRequest put{.table = "leases"};
  put.item.Set("leaseKey", "arn/other");
  ASSERT_TRUE(base::RunTask(store.PutItem(put)));
  const auto leases = base::RunTask(one.List());
  ASSERT_FALSE(leases);
  EXPECT_EQ(leases.error().message, "the item 'arn/other' is no lease");
}

// A worker's life, with each of its calls lost in turn, before or after the store did it. What it
// couldn't learn it asks again; the lease ends as it says in any case.
class LostAnswers : public LeaseTableTest, public ::testing::WithParamInterface<bool> {};

TEST_P(LostAnswers, AreSettledByReadingTheLease) {
  Lease lease = AddOne();
  client.Lose(0, false);
  ASSERT_TRUE(base::RunTask(one.Take(lease)).value());
  for (int lost = 1; lost <= 2; ++lost) {
    SCOPED_TRACE(lost);
    const auto until_told = [&](auto attempt) {
      client.Lose(lost, GetParam());
      auto told = base::RunTask(attempt());
      if (!told) {
        EXPECT_EQ(told.error().code, DbErrorCode::kUnreachable);
        told = base::RunTask(attempt());
      }
      EXPECT_TRUE(told.value());
    };
    until_told([&] { return one.Renew(lease, "1" + std::to_string(lost)); });
    EXPECT_EQ(Only(), lease);
    EXPECT_EQ(lease.owner, "one");
    EXPECT_EQ(lease.checkpoint, "1" + std::to_string(lost));
    // Twice, that the second call is lost as well.
    until_told([&] { return one.Take(lease); });
    EXPECT_EQ(Only(), lease);
    EXPECT_EQ(lease.owner, "one");
  }
  client.Lose(1, GetParam());
  ASSERT_TRUE(base::RunTask(one.Release(lease, "19")).value());
  EXPECT_EQ(Only(), lease);
  EXPECT_EQ(lease.owner, "");
}

INSTANTIATE_TEST_SUITE_P(BeforeAndAfterTheStore, LostAnswers, ::testing::Bool());

TEST_F(LeaseTableTest, ALostAnswerToTakingALeaseThatAnotherThenGot) {
  Lease mine = AddOne(), yours = mine;
  client.Lose(1, false);
  ASSERT_TRUE(base::RunTask(two.Take(yours)).value());
  EXPECT_FALSE(base::RunTask(one.Take(mine)).value());
  EXPECT_EQ(Only().owner, "two");
}

}  // namespace
}  // namespace cruddur::stream
