#include "stream/live_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cruddur::stream {
namespace {

using model::StreamRecord;
using ::testing::IsEmpty;
using ::testing::SizeIs;

StreamRecord Numbered(std::string number) {
  StreamRecord record;
  record.sequence_number = std::move(number);
  return record;
}

bool All(const StreamRecord&) { return true; }
bool None(const StreamRecord&) { return false; }

struct LiveQueueTest : ::testing::Test {
  void Push(std::vector<StreamRecord> records, bool (*wanted)(const StreamRecord&) = All) {
    queue.Push(records, wanted);
  }
  int wakes = 0;
  LiveQueue queue{3, 10'000, [this] { ++wakes; }};
};

TEST_F(LiveQueueTest, KeepsNothingBeforeItIsOpened) {
  Push({Numbered("1")});
  const auto taken = queue.Take();
  EXPECT_TRUE(taken.lost);
  EXPECT_THAT(taken.records, IsEmpty());
}

TEST_F(LiveQueueTest, WakesOnceUntilItIsEmptied) {
  queue.Open();
  Push({Numbered("1")});
  Push({Numbered("2")});
  EXPECT_EQ(wakes, 1);
  const auto taken = queue.Take();
  EXPECT_THAT(taken.records, SizeIs(2));
  EXPECT_EQ(taken.last_sequence_number, "2");
  EXPECT_FALSE(taken.lost);
  Push({Numbered("3")});
  EXPECT_EQ(wakes, 2);
}

TEST_F(LiveQueueTest, RemembersHowFarUnwantedRecordsWent) {
  queue.Open();
  Push({Numbered("7")}, None);
  EXPECT_EQ(wakes, 0);
  const auto taken = queue.Take();
  EXPECT_THAT(taken.records, IsEmpty());
  EXPECT_EQ(taken.last_sequence_number, "7");
}

TEST_F(LiveQueueTest, LetsGoOfEverythingWhenFullAndSaysSo) {
  queue.Open();
  Push({Numbered("1"), Numbered("2"), Numbered("3"), Numbered("4")});
  auto taken = queue.Take();
  EXPECT_TRUE(taken.lost);
  EXPECT_THAT(taken.records, IsEmpty());
  Push({Numbered("5")});
  EXPECT_TRUE(queue.Take().lost);
  queue.Open();
  Push({Numbered("6")});
  taken = queue.Take();
  EXPECT_FALSE(taken.lost);
  EXPECT_THAT(taken.records, SizeIs(1));
}

TEST_F(LiveQueueTest, IsFullOfBytesToo) {
  StreamRecord large = Numbered("1");
  large.size_bytes = 6'000;
  queue.Open();
  Push({large});
  EXPECT_FALSE(queue.Take().lost);
  Push({large});
  Push({large});
  EXPECT_TRUE(queue.Take().lost);
  queue.Open();
  Push({large});
  EXPECT_FALSE(queue.Take().lost);
}

TEST_F(LiveQueueTest, IsLostWhenTheTableWasReplaced) {
  queue.Open();
  Push({Numbered("1")});
  Push({});
  EXPECT_TRUE(queue.Take().lost);
}

}  // namespace
}  // namespace cruddur::stream
