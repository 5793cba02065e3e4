#include "engine/rows.h"

#include <gtest/gtest.h>

#include <thread>

namespace cruddur::engine {
namespace {

const model::KeySchema kKeys{.partition = {{"pk", model::Type::kS}},
                             .sort = {{"sk", model::Type::kN}}};
constexpr KeyspaceId kTable = 7;

class Rows : public testing::Test {
 protected:
  Rows() : storage_(*Storage::Open({.in_memory = true, .clock = &clock_})) {}

  std::string Key(const char* pk, int64_t sk) {
    std::string key;
    EXPECT_TRUE(AppendItemKey(kTable, kKeys, {{"pk", pk}, {"sk", model::Number(sk)}}, key));
    return key;
  }
  // The row's value is its sort key.
  void Put(const char* pk, int64_t sk) {
    rocksdb::WriteBatch batch;
    EXPECT_TRUE(batch.Put(storage_->family(Family::kItems), Key(pk, sk), std::to_string(sk)).ok());
    EXPECT_TRUE(storage_->Write(batch));
  }
  // The values found, separated by spaces.
  std::string Walk(KeyRange range, Direction direction, bool one_partition = true,
                   const StorageSnapshot* snapshot = nullptr) {
    RowCursor cursor(*storage_, std::move(range), direction, one_partition, snapshot);
    std::string found;
    for (; cursor.Valid(); cursor.Next()) found += std::string(cursor.value()) + " ";
    EXPECT_TRUE(cursor.status());
    return found;
  }
  KeyRange Partition(const char* pk) { return RangeOfCondition(kTable, {.partition = {pk}}); }
  uint64_t Property(const std::string& name) {
    uint64_t value = 0;
    EXPECT_TRUE(storage_->db().GetIntProperty(storage_->family(Family::kItems), name, &value));
    return value;
  }

  const base::ManualClock clock_{base::Micros(1)};
  std::unique_ptr<Storage> storage_;
};

TEST_F(Rows, AreWalkedInBothDirectionsWithinTheirBounds) {
  for (int64_t sk : {1, 2, 3, 4}) Put("p", sk);
  Put("q", 9);
  const KeyRange some{JustBelow(Key("p", 2)), JustAbove(Key("p", 3))};
  // An iterator of its own, one that is leased, and the same one used again.
  const StorageSnapshot snapshot(*storage_);
  for (const StorageSnapshot* at :
       {&snapshot, (const StorageSnapshot*)nullptr, (const StorageSnapshot*)nullptr}) {
    EXPECT_EQ(Walk(some, Direction::kAscending, true, at), "2 3 ");
    EXPECT_EQ(Walk(some, Direction::kDescending, true, at), "3 2 ");
    EXPECT_EQ(Walk(Partition("p"), Direction::kAscending, true, at), "1 2 3 4 ");
    EXPECT_EQ(Walk(Partition("p"), Direction::kDescending, true, at), "4 3 2 1 ");
    EXPECT_EQ(Walk(Partition("q"), Direction::kDescending, true, at), "9 ");
    EXPECT_EQ(Walk(Partition("none"), Direction::kAscending, true, at), "");
    EXPECT_EQ(Walk({some.high, some.low}, Direction::kAscending, true, at), "");
    EXPECT_EQ(Walk({some.low, some.low}, Direction::kDescending, true, at), "");
  }
  EXPECT_EQ(Walk(RangeOfKeyspace(kTable), Direction::kAscending, false).size(), 10u);
  EXPECT_EQ(Walk(RangeOfKeyspace(kTable + 1), Direction::kAscending, false), "");
}

TEST_F(Rows, ArePresentForAnIteratorThatIsUsedAgain) {
  Put("p", 1);
  EXPECT_EQ(Walk(Partition("p"), Direction::kAscending), "1 ");
  Put("p", 2);
  EXPECT_EQ(Walk(Partition("p"), Direction::kAscending), "1 2 ");
  ASSERT_TRUE(storage_->db().Flush({}, storage_->family(Family::kItems)).ok());
  Put("p", 3);
  EXPECT_EQ(Walk(Partition("p"), Direction::kAscending), "1 2 3 ");
  rocksdb::WriteBatch batch;
  ASSERT_TRUE(batch
                  .DeleteRange(storage_->family(Family::kItems), JustAbove(Key("p", 2)),
                               JustBelow(Key("p", 1)))
                  .ok());
  ASSERT_TRUE(storage_->Write(batch));
  EXPECT_EQ(Walk(Partition("p"), Direction::kAscending), "3 ");
}

TEST_F(Rows, KeepToTheirSnapshot) {
  Put("p", 1);
  const StorageSnapshot snapshot(*storage_);
  Put("p", 2);
  EXPECT_EQ(Walk(Partition("p"), Direction::kAscending, true, &snapshot), "1 ");
  rocksdb::PinnableSlice value;
  EXPECT_FALSE(*GetRow(*storage_, Key("p", 2), value, &snapshot));
  EXPECT_TRUE(*GetRow(*storage_, Key("p", 2), value));
  EXPECT_EQ(value.ToString(), "2");
}

TEST_F(Rows, AreLetGoByIdleIteratorsAfterAFlush) {
  Put("p", 1);
  EXPECT_EQ(Walk(Partition("p"), Direction::kAscending), "1 ");  // leaves an idle iterator
  ASSERT_TRUE(storage_->db().Flush({}, storage_->family(Family::kItems)).ok());
  // The listener may be called a moment later. Until then the old memtable stays.
  using Properties = rocksdb::DB::Properties;
  const auto pinned = [&] {
    return Property(Properties::kSizeAllMemTables) - Property(Properties::kCurSizeAllMemTables);
  };
  for (int i = 0; i < 10'000 && pinned() != 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(pinned(), 0u);
  EXPECT_EQ(Walk(Partition("p"), Direction::kAscending), "1 ");
}

}  // namespace
}  // namespace cruddur::engine
