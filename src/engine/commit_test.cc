// What one write leaves behind: index entries, stream records, counts.
#include "engine/commit.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "engine/consistency.h"
#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::Item;
using model::Number;
using model::StreamEventName;
using model::StreamViewType;
using model::Type;

class Commits : public EngineFixture {
 protected:
  Commits() : EngineFixture(Kept::kOnDisk) {}

  static model::CreateTableRequest Table(const std::string& name,
                                         std::optional<StreamViewType> view) {
    model::CreateTableRequest request{.table = name};
    request.keys = {{{"pk", Type::kS}}, {{"sk", Type::kN}}};
    request.billing = model::BillingMode::kPayPerRequest;
    request.stream_view = view;
    request.indexes = {
        {.name = "all", .global = true, .keys = {{{"g", Type::kS}}, {{"h", Type::kN}}}},
        {.name = "keys",
         .global = true,
         .keys = {{{"g", Type::kS}}, {}},
         .projection = {.type = model::ProjectionType::kKeysOnly, .non_key_attributes = {}}},
        {.name = "include",
         .global = true,
         .keys = {{{"h", Type::kN}}, {{"pk", Type::kS}}},
         .projection = {.type = model::ProjectionType::kInclude, .non_key_attributes = {"x"}}},
        {.name = "local", .keys = {{{"pk", Type::kS}}, {{"h", Type::kN}}}}};
    return request;
  }
  std::vector<model::StreamRecord> Records(const std::string& table) {
    return ReadStream(engine(), engine().DescribeTable(table)->stream_arn);
  }
};

TEST_F(Commits, IndexesStreamAndCountsFollowEveryWrite) {
  int round = 0;
  EXPECT_TRUE(rc::check([&] {
    const std::string table = "table-" + std::to_string(++round);
    Create(Table(table, StreamViewType::kNewAndOldImages));
    const int writes = *rc::gen::inRange(1, 40);
    for (int i = 0; i < writes; ++i) {
      // Few values, so that writes meet: the same item again, entries that move, go and come.
      Item key{{"pk", *rc::gen::element<std::string>("a", "b")},
               {"sk", Number(*rc::gen::inRange<int64_t>(0, 3))}};
      const int kind = *rc::gen::inRange(0, 10);
      if (kind == 0) {
        RC_ASSERT(Delete({.table = table, .key = key}));
        continue;
      }
      Item item = key;
      if (*rc::gen::arbitrary<bool>()) item.Set("g", *rc::gen::element<std::string>("p", "q"));
      if (*rc::gen::arbitrary<bool>()) item.Set("h", Number(*rc::gen::inRange<int64_t>(0, 2)));
      if (*rc::gen::arbitrary<bool>()) item.Set("x", *rc::gen::element<std::string>("", "xx"));
      if (kind < 7) {
        RC_ASSERT(Put({.table = table, .item = item}));
      } else {
        RC_ASSERT(Update(
            {.table = table,
             .key = key,
             .update_expression = kind == 7 ? "REMOVE g" : "SET h = :h, g = :g",
             .placeholders =
                 kind == 7 ? model::Placeholders()
                           : model::Placeholders{.names = {},
                                                 .values = {{":g", "r"}, {":h", Number(kind)}}}}));
      }
    }
    ExpectConsistent(engine(), table, true);
    RC_ASSERT(!HasFailure());
    RC_ASSERT(Drop(table));
  }));
}

TEST_F(Commits, SequenceNumbersCountsAndRecordsSurviveARestart) {
  Create(Table("items", StreamViewType::kNewAndOldImages));
  for (int i = 0; i < 20; ++i) {
    MustPut("items", {{"g", "g"}, {"h", Number(i)}, {"pk", "a"}, {"sk", Number(i % 7)}});
    if (i % 6 == 5) Restart();
  }
  ExpectConsistent(engine(), "items", true);
  EXPECT_EQ(Records("items").size(), 20u);
}

TEST_F(Commits, EachViewShowsItsImages) {
  for (const auto view : {StreamViewType::kKeysOnly, StreamViewType::kNewImage,
                          StreamViewType::kOldImage, StreamViewType::kNewAndOldImages}) {
    const std::string table = "table" + std::to_string(static_cast<int>(view));
    model::CreateTableRequest request{.table = table};
    request.keys = {{{"pk", Type::kS}}, {}};
    request.billing = model::BillingMode::kPayPerRequest;
    request.stream_view = view;
    Create(std::move(request));
    const Item key{{"pk", "a"}}, one{{"pk", "a"}, {"v", "1"}}, two{{"pk", "a"}, {"v", "22"}};
    MustPut(table, one);
    MustPut(table, one);  // changes nothing
    MustPut(table, two);
    ASSERT_TRUE(Delete({.table = table, .key = key}));
    ASSERT_TRUE(Delete({.table = table, .key = key}));  // changes nothing

    const bool has_new =
        view == StreamViewType::kNewImage || view == StreamViewType::kNewAndOldImages;
    const bool has_old =
        view == StreamViewType::kOldImage || view == StreamViewType::kNewAndOldImages;
    const auto shown = [](bool is, const Item& item) {
      return is ? std::optional(item) : std::nullopt;
    };
    const auto records = Records(table);
    ASSERT_EQ(records.size(), 3u);
    EXPECT_EQ(records[0].event_name, StreamEventName::kInsert);
    EXPECT_EQ(records[0].new_image, shown(has_new, one));
    EXPECT_EQ(records[0].old_image, std::nullopt);
    EXPECT_EQ(records[1].event_name, StreamEventName::kModify);
    EXPECT_EQ(records[1].new_image, shown(has_new, two));
    EXPECT_EQ(records[1].old_image, shown(has_old, one));
    EXPECT_EQ(records[2].event_name, StreamEventName::kRemove);
    EXPECT_EQ(records[2].new_image, std::nullopt);
    EXPECT_EQ(records[2].old_image, shown(has_old, two));
    for (const auto& record : records) {
      EXPECT_EQ(record.keys, key);
      EXPECT_EQ(record.view, view);
      EXPECT_EQ(record.created_at, clock().Now());
    }
    // pk: 3 bytes; v: 2 and 3.
    EXPECT_EQ(records[1].size_bytes, 3 + (has_new ? 6 : 0) + (has_old ? 5 : 0));
  }
}

TEST_F(Commits, SubscribersSeeEachCommitInOrder) {
  Create(Table("items", StreamViewType::kNewImage));
  std::vector<std::string> seen;
  auto subscription = engine().Subscribe("items", [&](const CommittedRecords& commit) {
    EXPECT_EQ(commit.table, "items");
    for (const auto& record : commit.records) seen.push_back(record.sequence_number);
  });
  constexpr int kWrites = 200;
  std::promise<void> all;
  int left = kWrites;
  for (int i = 0; i < kWrites; ++i) {
    engine().PutItem({.table = "items", .item = {{"pk", "a"}, {"sk", Number(i)}}}, [&](auto put) {
      EXPECT_TRUE(put);
      // The committer calls listeners before callbacks.
      EXPECT_GE(seen.size(), static_cast<size_t>(kWrites - left) + 1);
      if (--left == 0) all.set_value();
    });
  }
  all.get_future().wait();
  subscription.reset();
  MustPut("items", {{"pk", "a"}, {"sk", Number(-1)}});
  std::vector<std::string> stored;
  for (const auto& record : Records("items")) stored.push_back(record.sequence_number);
  ASSERT_EQ(stored.size(), kWrites + 1u);
  stored.pop_back();
  EXPECT_EQ(seen, stored);
}

TEST_F(Commits, SubscribersSeeTheirOwnTableOnly) {
  Create(Table("items", StreamViewType::kNewImage));
  Create(Table("others", StreamViewType::kNewImage));
  int told = 0;
  auto subscription = engine().Subscribe("items", [&](const CommittedRecords& commit) {
    EXPECT_EQ(commit.table, "items");
    ++told;
  });
  MustPut("others", {{"pk", "a"}, {"sk", Number(1)}});
  MustPut("items", {{"pk", "a"}, {"sk", Number(1)}});
  ASSERT_TRUE(Drop("others"));
  EXPECT_EQ(told, 1);
}

TEST_F(Commits, AListenerThatThrowsFailsNoWrite) {
  static_assert(noexcept(std::declval<Commit&>().Publish(std::declval<Catalog&>())));
  Create(Table("items", StreamViewType::kNewImage));
  auto bad =
      engine().Subscribe("items", [](const CommittedRecords&) { throw std::runtime_error("bad"); });
  int told = 0;
  auto good = engine().Subscribe("items", [&](const CommittedRecords&) { ++told; });
  EXPECT_TRUE(Put({.table = "items", .item = {{"pk", "a"}, {"sk", Number(1)}}}));
  EXPECT_TRUE(Put({.table = "items", .item = {{"pk", "a"}, {"sk", Number(2)}}}));
  EXPECT_EQ(told, 2);
}

// A commit that had begun before: who subscribes while it is made is told, or can read it.
TEST_F(Commits, AFirstSubscriberMissesNothing) {
  Create(Table("items", StreamViewType::kKeysOnly));
  constexpr int kWrites = 300;
  for (int round = 0; round < 20; ++round) {
    const size_t before = Records("items").size();
    std::jthread writer([&] {
      for (int i = 0; i < kWrites; ++i) {
        MustPut("items", {{"pk", "p"}, {"sk", Number(round * kWrites + i)}});
      }
    });
    while (Records("items").size() < before + 10) std::this_thread::yield();
    std::mutex mutex;
    std::set<std::string> told;
    auto subscription = engine().Subscribe("items", [&](const CommittedRecords& commit) {
      const std::lock_guard lock(mutex);
      for (const auto& record : commit.records) told.insert(record.sequence_number);
    });
    const auto read = Records("items");
    writer.join();
    const std::lock_guard lock(mutex);
    for (const auto& record : read) told.insert(record.sequence_number);
    for (const auto& record : Records("items")) {
      EXPECT_TRUE(told.contains(record.sequence_number)) << record.sequence_number;
    }
  }
}

TEST_F(Commits, SubscribersAreToldWhenATableOrItsStreamIsReplaced) {
  Create(Table("bystander", StreamViewType::kNewImage));
  std::vector<std::string> told;
  auto subscription = engine().Subscribe("items", [&](const CommittedRecords& commit) {
    EXPECT_TRUE(commit.records.empty());
    told.push_back(commit.table);
  });
  Create(Table("items", StreamViewType::kNewImage));
  EXPECT_EQ(told.size(), 1u);
  ASSERT_TRUE(Update({.table = "items", .stream_enabled = false}));
  EXPECT_EQ(told.size(), 2u);
  MustPut("items", {{"pk", "a"}, {"sk", Number(1)}});  // no stream: nobody is told
  EXPECT_EQ(told.size(), 2u);
  ASSERT_TRUE(Drop("items"));
  EXPECT_THAT(told, testing::Each("items"));
  EXPECT_EQ(told.size(), 3u);
}

TEST_F(Commits, RecordsAreTrimmedAfterADay) {
  Create(Table("items", StreamViewType::kNewImage));
  MustPut("items", {{"pk", "a"}, {"sk", Number(1)}});
  clock().Advance(std::chrono::hours(23));
  MustPut("items", {{"pk", "a"}, {"sk", Number(2)}});
  clock().Advance(std::chrono::hours(2));
  // The committer trims after a commit; the next one is sure to come after that.
  MustPut("items", {{"pk", "a"}, {"sk", Number(3)}});
  MustPut("items", {{"pk", "a"}, {"sk", Number(4)}});
  Restart();
  clock().Advance(-std::chrono::hours(20));  // so that only what is gone is missing
  const auto records = Records("items");
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(*records[0].keys.Find("sk"), model::AttributeValue(Number(2)));
}

}  // namespace
}  // namespace cruddur::engine
