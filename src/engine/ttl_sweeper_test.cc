// The sweeper's steps, one by one; what they come to is in time_to_live_test.cc.
#include "engine/ttl_sweeper.h"

#include <gtest/gtest.h>
#include <rocksdb/perf_context.h>
#include <rocksdb/perf_level.h>

#include <algorithm>
#include <functional>
#include <span>

#include "engine/key_checks.h"
#include "engine/row.h"

namespace cruddur::engine {
namespace {

constexpr int64_t kNow = 1'700'000'000;
constexpr int64_t kMidnight = kNow - 100;
constexpr int kRowsAStep = 256;

class Sweeper : public testing::Test {
 protected:
  Sweeper() {
    storage_ = Storage::Open({.directory = "", .in_memory = true, .clock = &clock_}).value();
    catalog_ = Catalog::Load(*storage_).value();
    TableState table;
    CatalogEdit edit = catalog_->Edit();
    table.id = edit.NewId();
    table.description.name = "t";
    table.description.keys = {{{"pk", model::Type::kS}}, {}};
    table.ttl = {
        .attribute = "expires", .index = edit.NewId(), .progress = std::make_shared<TtlProgress>()};
    Change([&](Commit& commit) {
      edit.PutTable(std::move(table));
      commit.SetEdit(std::move(edit));
    });
  }

  std::shared_ptr<const TableState> Table() const { return catalog_->Snapshot()->FindTable("t"); }
  size_t Left() const { return Table()->counts->items.load(); }

  struct Entry {
    std::string key;
    model::Item item;
  };
  // `count` items that expire at midnight, in the order in which a sweep comes to them.
  std::vector<Entry> Entries(int count, const std::string& text = "") const {
    std::vector<Entry> entries;
    for (int i = 0; i < count; ++i) {
      Entry entry;
      entry.item = {{"pk", std::to_string(i)}, {"expires", kMidnight}, {"text", text}};
      const auto table = Table();
      EXPECT_TRUE(AppendItemKey(table->id, table->description.keys, entry.item, entry.key));
      entries.push_back(std::move(entry));
    }
    std::ranges::sort(entries, std::greater(), &Entry::key);
    return entries;
  }
  void Put(std::span<const Entry> entries) {
    Change([&](Commit& commit) {
      CapacityMeter nobody(model::ReturnConsumedCapacity::kNone);
      const auto table = commit.catalog().FindTable("t");
      for (const auto& [key, item] : entries) {
        std::string row;
        AppendRow(item, model::SizeInBytes(item), row);
        commit.Write(*table, key, *commit.Read(key, Detail::kItem), &item, row, nobody);
      }
    });
  }
  // Rows of the expiry index stay behind without their items.
  void LoseItems(std::span<const Entry> entries) {
    Change([&](Commit& commit) {
      for (const Entry& entry : entries) {
        ASSERT_TRUE(commit.batch().Delete(storage_->family(Family::kItems), entry.key).ok());
      }
    });
  }

  bool IsDue() {
    const auto due = sweeper_.Due(catalog_->Snapshot(), clock_.Now());
    return due && *due <= clock_.Now();
  }
  void Step() {
    ASSERT_TRUE(IsDue());
    Change([this](Commit& commit) { sweeper_.Evaluate(commit); });
    sweeper_.Finish({});
  }

  void Change(const std::function<void(Commit&)>& change) {
    rocksdb::WriteBatch batch;
    Commit commit(*storage_, *catalog_, clock_.Now(), batch);
    change(commit);
    commit.Seal();
    ASSERT_TRUE(storage_->Write(batch));
    commit.Publish(*catalog_);
  }

  base::ManualClock clock_{std::chrono::seconds(kNow)};
  std::unique_ptr<Storage> storage_;
  std::unique_ptr<Catalog> catalog_;
  TtlSweeper sweeper_{base::Micros(0)};
};

TEST_F(Sweeper, TakesLargeItemsInSmallNumbers) {
  Put(Entries(5, std::string(300'000, 'x')));
  Step();
  EXPECT_EQ(Left(), 3u);
  Step();
  EXPECT_EQ(Left(), 1u);
  Step();
  EXPECT_EQ(Left(), 0u);
  EXPECT_FALSE(IsDue());
}

TEST_F(Sweeper, BeginsBehindWhatItHasDeleted) {
  constexpr int kSteps = 4;
  Put(Entries(kSteps * kRowsAStep));
  for (int i = 1; i < kSteps; ++i) Step();
  EXPECT_EQ(Left(), size_t{kRowsAStep});
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kEnableCount);
  rocksdb::get_perf_context()->Reset();
  Step();
  EXPECT_LE(rocksdb::get_perf_context()->internal_delete_skipped_count, 1u);
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
  EXPECT_EQ(Left(), 0u);
}

TEST_F(Sweeper, PassesRowsThatNoItemAnswersTo) {
  const auto entries = Entries(kRowsAStep + 10);
  Put(entries);
  LoseItems(std::span(entries).first(kRowsAStep + 9));
  Step();
  EXPECT_EQ(Left(), entries.size());
  Step();
  EXPECT_EQ(Left(), entries.size() - 1);  // the lost ones are still counted
  EXPECT_FALSE(IsDue());
}

TEST_F(Sweeper, ComesBackToARowThatIsAddedBehindIt) {
  const auto entries = Entries(kRowsAStep + 10);
  Put(std::span(entries).subspan(1));
  Step();
  EXPECT_EQ(Left(), 9u);
  Put(std::span(entries).first(1));
  Step();
  EXPECT_EQ(Left(), 0u);
  EXPECT_FALSE(IsDue());
  Put(std::span(entries).subspan(5, 1));
  Step();
  EXPECT_EQ(Left(), 0u);
}

TEST_F(Sweeper, LeavesAnIndexAloneThatIsToBeFilledAnew) {
  Put(Entries(1));
  ASSERT_TRUE(IsDue());
  const auto backfill = std::make_shared<BackfillProgress>();
  backfill->leftovers = true;
  Change([&](Commit& commit) {
    CatalogEdit edit = commit.Edit();
    TableState next = *Table();
    next.ttl.backfill = backfill;
    edit.PutTable(std::move(next));
    commit.SetEdit(std::move(edit));
  });
  EXPECT_FALSE(IsDue());
  Change([this](Commit& commit) { sweeper_.Evaluate(commit); });
  EXPECT_EQ(Left(), 1u);
  backfill->leftovers = false;
  EXPECT_TRUE(IsDue());
}

}  // namespace
}  // namespace cruddur::engine
