// Invariant 9 of dynamodb-semantics.md section 1: the stream tells what happened, all of it, in
// order, for a day.
#include <map>
#include <thread>

#include "engine/random_tables_fixture.h"

namespace cruddur::engine {
namespace {

using model::Item;
using model::Number;
using model::StreamEventName;
using model::StreamRecord;
using model::StreamViewType;

class EngineInvariantStreams : public EngineInvariant {
 protected:
  // All records of a stream, read in pages of `limit`.
  std::vector<StreamRecord> ReadStream(const std::string& arn, int64_t limit = 1000) {
    std::vector<StreamRecord> records;
    auto described = engine().DescribeStream({.stream_arn = arn});
    EXPECT_TRUE(described) << described.error().message;
    for (const model::Shard& shard : described->shards) {
      auto iterator = engine().GetShardIterator({.stream_arn = arn, .shard_id = shard.id});
      EXPECT_TRUE(iterator) << iterator.error().message;
      for (std::string at = *iterator; !at.empty();) {
        auto got = engine().GetRecords({.shard_iterator = at, .limit = limit});
        EXPECT_TRUE(got) << got.error().message;
        if (!got || got->records.empty()) break;
        std::ranges::move(got->records, std::back_inserter(records));
        at = got->next_shard_iterator;
      }
    }
    return records;
  }

  // What a follower makes of the stream, checking each record against what it has.
  static void Replay(const std::vector<StreamRecord>& records, ReferenceTable& table) {
    std::string last;
    for (const StreamRecord& record : records) {
      EXPECT_LT(last, record.sequence_number);
      last = record.sequence_number;
      const Item* before = table.Find(record.keys);
      EXPECT_EQ(before != nullptr ? std::optional(*before) : std::nullopt, record.old_image);
      EXPECT_NE(record.new_image, record.old_image) << "nothing changed";
      switch (record.event_name) {
        case StreamEventName::kInsert:
          EXPECT_TRUE(record.new_image && !record.old_image);
          break;
        case StreamEventName::kModify:
          EXPECT_TRUE(record.new_image && record.old_image);
          break;
        case StreamEventName::kRemove:
          EXPECT_TRUE(!record.new_image && record.old_image);
          break;
      }
      if (record.new_image) {
        table.Put(*record.new_image);
      } else {
        table.Delete(record.keys);
      }
    }
  }
  static void ExpectSameItems(const ReferenceTable& a, const ReferenceTable& b) {
    EXPECT_EQ(a.items().size(), b.items().size()) << "seed " << TestSeed();
    for (const Item& item : a.items()) {
      const Item* other = b.Find(item);
      ASSERT_NE(other, nullptr) << "seed " << TestSeed();
      EXPECT_EQ(*other, item) << "seed " << TestSeed();
    }
  }
};

TEST_F(EngineInvariantStreams, ReplayingTheStreamRebuildsTheTable) {
  ReferenceTable table = MakeTable("replayed"), rebuilt = table;
  const std::string arn = engine().DescribeTable("replayed")->stream_arn;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 120; ++i) WriteRandomly(table);
    Restart();
    rebuilt = ReferenceTable(table.schema());
    Replay(ReadStream(arn, static_cast<int64_t>(1 + random().Below(50))), rebuilt);
    ExpectSameItems(table, rebuilt);
  }
}

TEST_F(EngineInvariantStreams, AWriteThatChangesNothingLeavesNoRecord) {
  const std::string arn = Create(RandomTable("quiet")).stream_arn;
  const Item item{{"pk", "a"}, {"sk", Number(1)}, {"v", Number(5)}};
  const Item key{{"pk", "a"}, {"sk", Number(1)}};
  MustPut("quiet", item);
  MustPut("quiet", item);
  ASSERT_TRUE(Update({.table = "quiet",
                      .key = key,
                      .update_expression = "SET v = :v REMOVE absent",
                      .placeholders = {.values = {{":v", *Number::Parse("5.0")}}}}));
  ASSERT_TRUE(Delete({.table = "quiet", .key = {{"pk", "b"}, {"sk", Number(1)}}}));
  ASSERT_FALSE(
      Put({.table = "quiet", .item = key, .condition_expression = "attribute_not_exists(pk)"}));
  ASSERT_FALSE(Transact(
      {.items = {model::PutItemRequest{.table = "quiet", .item = {{"pk", "c"}, {"sk", Number(1)}}},
                 model::ConditionCheck{.table = "quiet",
                                       .key = key,
                                       .condition_expression = "attribute_not_exists(pk)"}}}));
  const auto records = ReadStream(arn);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].event_name, StreamEventName::kInsert);
}

TEST_F(EngineInvariantStreams, NoRecordShowsBeforeAllBelowIt) {
  const std::string arn = Create(RandomTable("busy")).stream_arn;
  const auto shard = engine().DescribeStream({.stream_arn = arn})->shards.at(0);
  constexpr int kThreads = 3, kWrites = 100;
  std::vector<std::jthread> writers;
  for (int thread = 0; thread < kThreads; ++thread) {
    writers.emplace_back([&, thread] {
      for (int i = 0; i < kWrites; ++i) {
        EXPECT_TRUE(Put(
            {.table = "busy", .item = {{"pk", "a"}, {"sk", Number(thread)}, {"v", Number(i)}}}));
      }
    });
  }
  // A follower that is always at the stream's end sees everything: nothing slips in behind it.
  std::string at = *engine().GetShardIterator({.stream_arn = arn, .shard_id = shard.id});
  std::map<int64_t, int64_t> next;  // by item
  size_t seen = 0;
  std::string last;
  while (seen < kThreads * kWrites) {
    auto got = engine().GetRecords({.shard_iterator = at});
    ASSERT_TRUE(got) << got.error().message;
    at = got->next_shard_iterator;
    for (const StreamRecord& record : got->records) {
      EXPECT_LT(last, record.sequence_number);
      last = record.sequence_number;
      int64_t item = 0, number = 0;
      record.keys.Find("sk")->As<Number>()->AsInt64(item);
      record.new_image->Find("v")->As<Number>()->AsInt64(number);
      EXPECT_EQ(number, next[item]++);
      ++seen;
    }
    std::this_thread::yield();
  }
}

TEST_F(EngineInvariantStreams, SubscribersSeeWhatTheStreamHolds) {
  ReferenceTable table = MakeTable("watched");
  const std::string arn = engine().DescribeTable("watched")->stream_arn;
  std::vector<StreamRecord> told;
  auto subscription = engine().Subscribe("watched", [&](const CommittedRecords& records) {
    EXPECT_EQ(records.table, "watched");
    std::ranges::copy(records.records, std::back_inserter(told));
  });
  for (int i = 0; i < 100; ++i) WriteRandomly(table);
  subscription.reset();
  const auto stored = ReadStream(arn);
  ASSERT_EQ(told.size(), stored.size());
  for (size_t i = 0; i < told.size(); ++i) {
    EXPECT_EQ(told[i].event_id, stored[i].event_id);
    EXPECT_EQ(told[i].sequence_number, stored[i].sequence_number);
    EXPECT_EQ(told[i].event_name, stored[i].event_name);
    EXPECT_EQ(told[i].keys, stored[i].keys);
    EXPECT_EQ(told[i].new_image, stored[i].new_image);
    EXPECT_EQ(told[i].old_image, stored[i].old_image);
    EXPECT_EQ(told[i].size_bytes, stored[i].size_bytes);
  }
}

TEST_F(EngineInvariantStreams, ViewsShowTheirImagesOnly) {
  for (StreamViewType view : {StreamViewType::kKeysOnly, StreamViewType::kNewImage,
                              StreamViewType::kOldImage, StreamViewType::kNewAndOldImages}) {
    auto schema = RandomTable("view-" + std::to_string(static_cast<int>(view)));
    schema.stream_view = view;
    const std::string name = schema.table, arn = Create(std::move(schema)).stream_arn;
    const Item key{{"pk", "a"}, {"sk", Number(1)}};
    MustPut(name, {{"pk", "a"}, {"sk", Number(1)}, {"v", Number(1)}});
    MustPut(name, {{"pk", "a"}, {"sk", Number(1)}, {"v", Number(2)}});
    ASSERT_TRUE(Delete({.table = name, .key = key}));
    const auto records = ReadStream(arn);
    ASSERT_EQ(records.size(), 3u);
    const bool new_images =
        view == StreamViewType::kNewImage || view == StreamViewType::kNewAndOldImages;
    const bool old_images =
        view == StreamViewType::kOldImage || view == StreamViewType::kNewAndOldImages;
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(records[i].keys, key);
      EXPECT_EQ(records[i].view, view);
      EXPECT_EQ(records[i].new_image.has_value(), new_images && i < 2);
      EXPECT_EQ(records[i].old_image.has_value(), old_images && i > 0);
    }
  }
}

TEST_F(EngineInvariantStreams, ShardsAreStableOverARestartAndNothingIsOlderThanADay) {
  ReferenceTable table = MakeTable("aging");
  const std::string arn = engine().DescribeTable("aging")->stream_arn;
  for (int i = 0; i < 20; ++i) WriteRandomly(table);
  const auto before = engine().DescribeStream({.stream_arn = arn});
  const auto records = ReadStream(arn);
  Restart();
  const auto after = engine().DescribeStream({.stream_arn = arn});
  ASSERT_EQ(after->shards.size(), before->shards.size());
  EXPECT_EQ(after->shards[0].id, before->shards[0].id);
  EXPECT_EQ(after->shards[0].first_sequence_number, before->shards[0].first_sequence_number);
  EXPECT_EQ(ReadStream(arn).size(), records.size());

  clock().Advance(std::chrono::hours(24) + std::chrono::seconds(1));
  EXPECT_TRUE(ReadStream(arn).empty());
  const Item item{{"pk", "new"}, {"sk", Number(1)}};
  MustPut("aging", item);
  const auto young = ReadStream(arn);
  ASSERT_EQ(young.size(), 1u);
  EXPECT_EQ(young[0].new_image, item);
  EXPECT_LT(records.back().sequence_number, young[0].sequence_number);
}

TEST_F(EngineInvariantStreams, ParentsComeBeforeChildrenAndANewStreamHasANewName) {
  ReferenceTable table = MakeTable("renewed");
  const std::string first = engine().DescribeTable("renewed")->stream_arn;
  for (int i = 0; i < 20; ++i) WriteRandomly(table);
  const size_t written = ReadStream(first).size();
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = "renewed", .stream_enabled = false}));
  for (int i = 0; i < 20; ++i) WriteRandomly(table);
  EXPECT_EQ(ReadStream(first).size(), written);
  ASSERT_TRUE(Update(model::UpdateTableRequest{
      .table = "renewed", .stream_enabled = true, .stream_view = StreamViewType::kKeysOnly}));
  const std::string second = engine().DescribeTable("renewed")->stream_arn;
  EXPECT_NE(first, second);
  EXPECT_TRUE(ReadStream(second).empty());
  MustPut("renewed", {{"pk", "new"}, {"sk", Number(1)}});
  EXPECT_EQ(ReadStream(second).size(), 1u);
  for (const std::string& arn : {first, second}) {
    const auto described = engine().DescribeStream({.stream_arn = arn});
    std::vector<std::string> ids;
    for (const model::Shard& shard : described->shards) {
      EXPECT_TRUE(shard.parent_id.empty() || std::ranges::count(ids, shard.parent_id) == 1);
      EXPECT_TRUE(ids.empty() || ids.back() < shard.id);
      ids.push_back(shard.id);
    }
  }
}

}  // namespace
}  // namespace cruddur::engine
