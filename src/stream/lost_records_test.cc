// What the stream of a table can't tell any more is looked for in the table.
#include <gmock/gmock.h>

#include "stream/follower_fixture.h"

namespace cruddur::stream {
namespace {

using ::testing::ElementsAre;

class LostRecords : public FollowerTest {
 protected:
  // Handles "a" and stops.
  void HandleFirst() {
    CreateTable();
    Follow(consumer);
    Put("a");
    ASSERT_TRUE(consumer.Await("a"));
    follower->Stop();
    calls_before = owner.calls;
  }
  void SetStream(bool enabled) {
    model::UpdateTableRequest request;
    request.table = kTable;
    request.stream_enabled = enabled;
    if (enabled) request.stream_view = model::StreamViewType::kNewImage;
    ASSERT_TRUE(Run(client->UpdateTable(std::move(request))));
  }
  int calls_before = 0;
};

TEST_F(LostRecords, AreLookedForInTheTableWhenTheCheckpointWasTrimmed) {
  HandleFirst();
  Put("trimmed1");
  Put("trimmed2");
  clock.Advance(std::chrono::hours(25));
  Put("b");
  owner.failures = 2;
  Consumer next;
  Follow(next);
  ASSERT_TRUE(next.Await("b"));
  EXPECT_THAT(next.handled(), ElementsAre("b"));
  EXPECT_THAT(owner.seen(), ::testing::IsSupersetOf({"trimmed1", "trimmed2"}));
  // In pages of two items, a failed one again.
  EXPECT_GE(owner.calls - calls_before, 4);
  EXPECT_EQ(follower->passes(), 1u);
}

TEST_F(LostRecords, AreNotLookedForWhereTheStreamGoesOn) {
  HandleFirst();
  clock.Advance(std::chrono::hours(23));
  Put("b");
  Consumer next;
  Follow(next);
  ASSERT_TRUE(next.Await("b"));
  EXPECT_EQ(follower->passes(), 0u);
  EXPECT_EQ(owner.calls, calls_before);
}

TEST_F(LostRecords, AreLookedForWhenTheStreamWasSwitchedMeanwhile) {
  HandleFirst();
  SetStream(false);
  Put("unseen");
  SetStream(true);
  Put("b");
  Consumer next;
  Follow(next);
  ASSERT_TRUE(next.Await("b"));
  EXPECT_THAT(owner.seen(), ::testing::Contains("unseen"));
}

TEST_F(LostRecords, AreLookedForWhenTheStreamIsSwitchedOnAgain) {
  CreateTable();
  Follow(consumer);
  Put("a");
  ASSERT_TRUE(consumer.Await("a"));
  SetStream(false);
  Put("unseen");
  SetStream(true);
  Put("b");
  ASSERT_TRUE(consumer.Await("b"));
  EXPECT_THAT(owner.seen(), ::testing::Contains("unseen"));
}

TEST_F(LostRecords, AreLookedForAgainAfterAStopInBetween) {
  HandleFirst();
  Put("trimmed");
  clock.Advance(std::chrono::hours(25));
  owner.failures = 1'000'000'000;
  Consumer stopped;
  Follow(stopped);
  while (owner.calls < calls_before + 2) std::this_thread::yield();
  follower->Stop();
  owner.failures = 0;
  Consumer next;
  Follow(next);
  Put("b");
  ASSERT_TRUE(next.Await("b"));
  EXPECT_THAT(owner.seen(), ::testing::Contains("trimmed"));
}

}  // namespace
}  // namespace cruddur::stream
