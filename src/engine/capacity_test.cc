#include "engine/capacity.h"

#include <gtest/gtest.h>

namespace cruddur::engine {
namespace {

using model::CapacityUnits;
using model::ReturnConsumedCapacity;

TEST(Capacity, RoundsReadsUpTo4Kilobytes) {
  struct Case {
    uint64_t bytes;
    double eventual, consistent, transactional;
  };
  for (const Case& c : std::vector<Case>{
           {0, 0.5, 1, 2},  // a missing item
           {1, 0.5, 1, 2},
           {4096, 0.5, 1, 2},
           {4097, 1, 2, 4},
           {8192, 1, 2, 4},
           {8193, 1.5, 3, 6},
           {409'600, 50, 100, 200},
           {1'048'576, 128, 256, 512},
       }) {
    SCOPED_TRACE(c.bytes);
    EXPECT_EQ(ReadUnits(ReadBlocks(c.bytes), ReadMode::kEventual), c.eventual);
    EXPECT_EQ(ReadUnits(ReadBlocks(c.bytes), ReadMode::kConsistent), c.consistent);
    EXPECT_EQ(ReadUnits(ReadBlocks(c.bytes), ReadMode::kTransactional), c.transactional);
  }
}

TEST(Capacity, ChargesWritesByTheLargerOfBeforeAndAfter) {
  struct Case {
    uint64_t before, after;
    double plain, transactional;
  };
  for (const Case& c : std::vector<Case>{
           {0, 0, 1, 2},     // the delete of a missing item
           {0, 100, 1, 2},   // a new item
           {1024, 0, 1, 2},  // a delete: by the old size
           {1025, 0, 2, 4},
           {0, 1025, 2, 4},
           {2049, 10, 3, 6},
           {10, 2049, 3, 6},
           {409'600, 409'600, 400, 800},
       }) {
    SCOPED_TRACE(testing::Message() << c.before << " -> " << c.after);
    EXPECT_EQ(WriteUnits(c.before, c.after, false), c.plain);
    EXPECT_EQ(WriteUnits(c.before, c.after, true), c.transactional);
  }
}

TEST(Capacity, ChargesIndexesForWhatChangesInThem) {
  struct Case {
    const char* what;
    IndexEntryChange change;
    double units;
  };
  for (const Case& c : std::vector<Case>{
           {"no entry before or after", {}, 0},
           {"a new entry", {{}, 300, true, true}, 1},
           {"a new entry of 1.5 KB", {{}, 1536, true, true}, 2},
           {"a deleted entry", {300, {}, true, true}, 1},
           {"another key", {300, 300, true, true}, 2},
           {"another key, 1.5 KB to 0.5 KB", {1536, 512, true, true}, 3},
           {"a projected attribute", {300, 310, false, true}, 1},
           {"a projected attribute that shrank", {2000, 10, false, true}, 2},
           {"an attribute that is not projected", {300, 300, false, false}, 0},
       }) {
    EXPECT_EQ(IndexWriteUnits(c.change), c.units) << c.what;
  }
}

TEST(CapacityMeter, TellsOnlyWhatWasAskedFor) {
  model::IndexDescription global{.name = "g", .global = true};
  model::IndexDescription local{.name = "l", .global = false};
  auto measure = [&](ReturnConsumedCapacity wanted) {
    CapacityMeter meter(wanted);
    meter.AddTable("Music", {.write = 2});
    meter.AddIndex("Music", global, {.write = 1});
    meter.AddIndex("Music", global, {.write = 1});
    meter.AddIndex("Music", local, {.write = 3});
    return meter.TakeOne();
  };
  EXPECT_FALSE(measure(ReturnConsumedCapacity::kNone));

  auto total = measure(ReturnConsumedCapacity::kTotal);
  ASSERT_TRUE(total);
  EXPECT_EQ(total->table_name, "Music");
  EXPECT_EQ(total->units.total(), 7);
  EXPECT_FALSE(total->transactional);
  EXPECT_FALSE(total->table);
  EXPECT_TRUE(total->global_indexes.empty());
  EXPECT_TRUE(total->local_indexes.empty());

  auto by_index = measure(ReturnConsumedCapacity::kIndexes);
  ASSERT_TRUE(by_index);
  EXPECT_EQ(by_index->units.total(), 7);
  ASSERT_TRUE(by_index->table);
  EXPECT_EQ(by_index->table->total(), 2);
  EXPECT_EQ(by_index->global_indexes.at("g").total(), 2);
  EXPECT_EQ(by_index->local_indexes.at("l").total(), 3);
}

TEST(CapacityMeter, TellsTheTablesShareOfAnIndexQuery) {
  CapacityMeter meter(ReturnConsumedCapacity::kIndexes);
  meter.AddIndex("Music", {.name = "g", .global = true}, {.read = 0.5});
  auto consumed = meter.TakeOne();
  ASSERT_TRUE(consumed && consumed->table);
  EXPECT_EQ(consumed->table->total(), 0);
  EXPECT_EQ(consumed->units.total(), 0.5);
}

TEST(CapacityMeter, KeepsTheTablesOfABatchInOrder) {
  CapacityMeter meter(ReturnConsumedCapacity::kTotal, /*transactional=*/true);
  meter.AddTable("b", {.read = 1});
  meter.AddTable("a", {.read = 2, .write = 4});
  meter.AddTable("b", {.read = 3});
  auto all = meter.TakeAll();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].table_name, "b");
  EXPECT_EQ(all[0].units.read, 4);
  EXPECT_EQ(all[1].table_name, "a");
  EXPECT_EQ(all[1].units.read, 2);
  EXPECT_EQ(all[1].units.write, 4);
  EXPECT_TRUE(all[1].transactional);
}

}  // namespace
}  // namespace cruddur::engine
