#include <thread>

#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::DbErrorCode;
using model::Item;
using model::Number;
using model::ShardIteratorType;
using model::StreamEventName;
using model::StreamViewType;
using model::Type;

class StreamReader : public EngineFixture {
 protected:
  explicit StreamReader(EngineOptions options = OneShard())
      : EngineFixture(Kept::kOnDisk, std::move(options)) {
    arn_ = CreateStreamed("things", StreamViewType::kNewAndOldImages);
  }

  std::string CreateStreamed(std::string table, StreamViewType view) {
    return Create({.table = std::move(table),
                   .keys = {.partition = {{"pk", Type::kS}}},
                   .attribute_definitions = {{"pk", Type::kS}},
                   .stream_view = view})
        .stream_arn;
  }
  void PutNumbers(int first, int last) {
    for (int i = first; i <= last; ++i) MustPut("things", {{"pk", "p"}, {"n", Number(i)}});
  }
  model::Shard Shard() {
    auto described = engine().DescribeStream({.stream_arn = arn_});
    EXPECT_TRUE(described) << described.error().message;
    return described->shards.at(0);
  }
  DbResult<std::string> Iterator(ShardIteratorType type, std::string sequence = "") {
    return engine().GetShardIterator({.stream_arn = arn_,
                                      .shard_id = Shard().id,
                                      .type = type,
                                      .sequence_number = std::move(sequence)});
  }
  // The numbers of the records from an iterator on, in one call.
  std::vector<int64_t> Numbers(const std::string& iterator, int64_t limit = 1000) {
    auto got = engine().GetRecords({.shard_iterator = iterator, .limit = limit});
    EXPECT_TRUE(got) << got.error().message;
    std::vector<int64_t> numbers;
    if (!got) return numbers;
    next_ = got->next_shard_iterator;
    for (const auto& record : got->records) {
      int64_t number = -1;
      record.new_image->Find("n")->As<Number>()->AsInt64(number);
      numbers.push_back(number);
      last_sequence_ = record.sequence_number;
    }
    return numbers;
  }
  DbErrorCode CodeOf(const std::string& iterator) {
    auto got = engine().GetRecords({.shard_iterator = iterator});
    return got ? DbErrorCode::kUnreachable : got.error().code;
  }

  std::string arn_, next_, last_sequence_;
};

using Found = std::vector<int64_t>;

TEST_F(StreamReader, DescribesStreamsAndShards) {
  auto described = engine().DescribeStream({.stream_arn = arn_});
  ASSERT_TRUE(described) << described.error().message;
  EXPECT_EQ(described->status, "ENABLED");
  EXPECT_EQ(described->table_name, "things");
  EXPECT_EQ(described->view, StreamViewType::kNewAndOldImages);
  EXPECT_EQ(described->keys.partition.at(0).name, "pk");
  EXPECT_TRUE(arn_.ends_with("/stream/" + described->label));
  ASSERT_EQ(described->shards.size(), 1u);
  EXPECT_GE(described->shards[0].id.size(), 28u);
  EXPECT_TRUE(described->shards[0].last_sequence_number.empty());
  // After the last shard there is none.
  auto rest = engine().DescribeStream(
      {.stream_arn = arn_, .exclusive_start_shard_id = described->shards[0].id});
  ASSERT_TRUE(rest);
  EXPECT_TRUE(rest->shards.empty());
}

TEST_F(StreamReader, ListsStreamsByPageAndTable) {
  const std::string second = CreateStreamed("second", StreamViewType::kKeysOnly);
  auto all = engine().ListStreams({});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->streams.size(), 2u);
  auto one = engine().ListStreams({.table_name = "second"});
  ASSERT_TRUE(one);
  ASSERT_EQ(one->streams.size(), 1u);
  EXPECT_EQ(one->streams[0].arn, second);
  auto page = engine().ListStreams({.limit = 1});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->last_evaluated_stream_arn, page->streams[0].arn);
  page = engine().ListStreams(
      {.limit = 1, .exclusive_start_stream_arn = page->last_evaluated_stream_arn});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->streams.size(), 1u);
  EXPECT_TRUE(page->last_evaluated_stream_arn.empty());
}

TEST_F(StreamReader, BeginsWhereItIsTold) {
  PutNumbers(1, 3);
  const std::string latest = *Iterator(ShardIteratorType::kLatest);
  EXPECT_EQ(Numbers(*Iterator(ShardIteratorType::kTrimHorizon)), (Found{1, 2, 3}));
  const std::string third = last_sequence_;
  EXPECT_EQ(third.size(), 21u);
  EXPECT_EQ(Numbers(latest), Found());
  PutNumbers(4, 5);
  EXPECT_EQ(Numbers(latest), (Found{4, 5}));
  EXPECT_EQ(Numbers(*Iterator(ShardIteratorType::kAtSequenceNumber, third)), (Found{3, 4, 5}));
  EXPECT_EQ(Numbers(*Iterator(ShardIteratorType::kAfterSequenceNumber, third)), (Found{4, 5}));
}

TEST_F(StreamReader, GoesOnByNextShardIterator) {
  PutNumbers(1, 5);
  EXPECT_EQ(Numbers(*Iterator(ShardIteratorType::kTrimHorizon), 2), (Found{1, 2}));
  EXPECT_EQ(Numbers(next_, 2), (Found{3, 4}));
  Restart();
  EXPECT_EQ(Numbers(next_, 2), (Found{5}));
  EXPECT_EQ(Numbers(next_), Found());  // an open shard never ends
  PutNumbers(6, 6);
  EXPECT_EQ(Numbers(next_), (Found{6}));
}

TEST_F(StreamReader, EndsWithAClosedShard) {
  PutNumbers(1, 2);
  const std::string from_start = *Iterator(ShardIteratorType::kTrimHorizon);
  const std::string at_end = *Iterator(ShardIteratorType::kLatest);
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = "things", .stream_enabled = false}));
  EXPECT_EQ(engine().DescribeStream({.stream_arn = arn_})->status, "DISABLED");
  EXPECT_FALSE(Shard().last_sequence_number.empty());
  EXPECT_EQ(Numbers(from_start, 1), (Found{1}));
  EXPECT_FALSE(next_.empty());
  EXPECT_EQ(Numbers(next_), (Found{2}));
  EXPECT_TRUE(next_.empty());
  EXPECT_EQ(Numbers(at_end), Found());
  EXPECT_TRUE(next_.empty());
}

TEST_F(StreamReader, EndsWithAClosedShardThatWasNeverWrittenTo) {
  const std::string iterator = *Iterator(ShardIteratorType::kTrimHorizon);
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = "things", .stream_enabled = false}));
  EXPECT_EQ(Numbers(iterator), Found());
  EXPECT_TRUE(next_.empty());
  EXPECT_EQ(Numbers(*Iterator(ShardIteratorType::kTrimHorizon)), Found());
  EXPECT_TRUE(next_.empty());
}

TEST_F(StreamReader, LimitsAnswersToAMegabyte) {
  for (int i = 0; i < 10; ++i) {
    MustPut("things", {{"pk", "p"}, {"n", Number(i)}, {"x", std::string(100'000, 'x')}});
  }
  // New and old image: 200 KB a record but for the first.
  EXPECT_EQ(Numbers(*Iterator(ShardIteratorType::kTrimHorizon)), (Found{0, 1, 2, 3, 4}));
  EXPECT_EQ(Numbers(next_), (Found{5, 6, 7, 8, 9}));
}

TEST_F(StreamReader, LetsIteratorsExpire) {
  PutNumbers(1, 1);
  const std::string iterator = *Iterator(ShardIteratorType::kTrimHorizon);
  clock().Advance(std::chrono::minutes(15));
  EXPECT_EQ(Numbers(iterator), (Found{1}));
  clock().Advance(base::Micros(1));
  EXPECT_EQ(CodeOf(iterator), DbErrorCode::kExpiredIterator);
}

TEST_F(StreamReader, ForgetsAfterADay) {
  PutNumbers(1, 1);
  EXPECT_EQ(Numbers(*Iterator(ShardIteratorType::kTrimHorizon)), (Found{1}));
  const std::string first = last_sequence_;
  clock().Advance(std::chrono::hours(24) - std::chrono::minutes(5));
  PutNumbers(2, 2);
  const std::string iterator = *Iterator(ShardIteratorType::kTrimHorizon);
  clock().Advance(std::chrono::minutes(6));
  EXPECT_EQ(CodeOf(iterator), DbErrorCode::kTrimmedDataAccess);
  EXPECT_EQ(Numbers(*Iterator(ShardIteratorType::kTrimHorizon)), (Found{2}));
  // The committer removes the row between commits: that its record was there is still known.
  PutNumbers(3, 5);
  EXPECT_EQ(CodeOf(iterator), DbErrorCode::kTrimmedDataAccess);
  EXPECT_EQ(Numbers(*Iterator(ShardIteratorType::kTrimHorizon)), (Found{2, 3, 4, 5}));
  auto at_first = Iterator(ShardIteratorType::kAtSequenceNumber, first);
  ASSERT_FALSE(at_first);
  EXPECT_EQ(at_first.error().code, DbErrorCode::kTrimmedDataAccess);
  EXPECT_EQ(Numbers(*Iterator(ShardIteratorType::kAfterSequenceNumber, first)),
            (Found{2, 3, 4, 5}));
}

class StreamShards : public StreamReader {
 protected:
  StreamShards() : StreamReader(EngineOptions()) {}

  std::vector<model::Shard> Shards() {
    std::vector<model::Shard> shards;
    model::DescribeStreamRequest request{.stream_arn = arn_, .limit = 2};
    do {
      auto page = engine().DescribeStream(request);
      EXPECT_TRUE(page) << page.error().message;
      if (!page) break;
      EXPECT_LE(page->shards.size(), 2u);
      for (auto& shard : page->shards) shards.push_back(std::move(shard));
      request.exclusive_start_shard_id = page->last_evaluated_shard_id;
    } while (!request.exclusive_start_shard_id.empty());
    return shards;
  }
  DbResult<std::string> IteratorOf(const model::Shard& shard, ShardIteratorType type,
                                   std::string sequence = "") {
    return engine().GetShardIterator({.stream_arn = arn_,
                                      .shard_id = shard.id,
                                      .type = type,
                                      .sequence_number = std::move(sequence)});
  }
  Found All(const model::Shard& shard) {
    return Numbers(*IteratorOf(shard, ShardIteratorType::kTrimHorizon));
  }
  // The committer splits a shard between two commits, or when it has looked at the clock.
  std::vector<model::Shard> AwaitLast(const std::string& id_of_parent) {
    auto shards = Shards();
    for (int i = 0; i < 2000 && shards.back().parent_id != id_of_parent; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      shards = Shards();
    }
    EXPECT_EQ(shards.back().parent_id, id_of_parent);
    return shards;
  }
};

TEST_F(StreamShards, AreSplitOverTimeAndSurviveARestart) {
  PutNumbers(1, 1);
  const std::string first = Shards()[0].id;
  clock().Advance(std::chrono::hours(4) - base::Micros(1));
  PutNumbers(2, 2);
  PutNumbers(3, 3);
  EXPECT_EQ(Shards().size(), 1u);
  clock().Advance(base::Micros(1));
  AwaitLast(first);
  PutNumbers(4, 5);
  for (int i = 0; i < 2; ++i) {
    const auto shards = Shards();
    ASSERT_EQ(shards.size(), 2u);
    EXPECT_EQ(shards[0].parent_id, "");
    EXPECT_EQ(shards[1].parent_id, shards[0].id);
    EXPECT_LT(shards[0].id, shards[1].id);
    EXPECT_TRUE(shards[1].last_sequence_number.empty());
    EXPECT_EQ(All(shards[0]), (Found{1, 2, 3}));
    EXPECT_EQ(last_sequence_, shards[0].last_sequence_number);
    EXPECT_TRUE(next_.empty());
    EXPECT_EQ(All(shards[1]), (Found{4, 5}));
    EXPECT_LT(shards[0].last_sequence_number, shards[1].first_sequence_number);
    EXPECT_FALSE(next_.empty());
    Restart();
  }
  PutNumbers(6, 6);
  EXPECT_EQ(Numbers(next_), (Found{6}));
}

TEST_F(StreamShards, TellTheirChildren) {
  PutNumbers(1, 1);
  clock().Advance(std::chrono::hours(4));
  AwaitLast(Shards()[0].id);
  PutNumbers(2, 2);
  clock().Advance(std::chrono::hours(4));
  AwaitLast(Shards()[1].id);
  const auto shards = Shards();
  ASSERT_EQ(shards.size(), 3u);
  const auto children = [&](const std::string& id, std::string start = {}) {
    std::vector<std::string> ids;
    const auto described = engine().DescribeStream(
        {.stream_arn = arn_, .exclusive_start_shard_id = std::move(start), .children_of = id});
    EXPECT_TRUE(described) << ErrorOf(described);
    if (!described) return ids;
    for (const model::Shard& shard : described->shards) ids.push_back(shard.id);
    return ids;
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(children(shards[0].id), Ids{shards[1].id});
  EXPECT_EQ(children(shards[1].id), Ids{shards[2].id});
  EXPECT_EQ(children(shards[2].id), Ids());
  EXPECT_EQ(children(shards[0].id, shards[1].id), Ids());
  EXPECT_FALSE(engine().DescribeStream({.stream_arn = arn_, .children_of = "short"}));
}

TEST_F(StreamShards, EndIteratorsOfAClosedShard) {
  PutNumbers(1, 1);
  const std::string latest = *Iterator(ShardIteratorType::kLatest);
  PutNumbers(2, 2);
  clock().Advance(std::chrono::hours(4));
  const auto shards = AwaitLast(Shards()[0].id);
  PutNumbers(3, 3);
  ASSERT_EQ(shards.size(), 2u);
  // In the shard that it was made for: what came before the split.
  clock().Advance(-std::chrono::hours(4));
  EXPECT_EQ(Numbers(latest), (Found{2}));
  EXPECT_TRUE(next_.empty());
  const std::string& last = shards[0].last_sequence_number;
  EXPECT_EQ(Numbers(*IteratorOf(shards[0], ShardIteratorType::kLatest)), Found());
  EXPECT_TRUE(next_.empty());
  EXPECT_EQ(Numbers(*IteratorOf(shards[0], ShardIteratorType::kAtSequenceNumber, last)),
            (Found{2}));
  EXPECT_EQ(Numbers(*IteratorOf(shards[0], ShardIteratorType::kAfterSequenceNumber, last)),
            Found());
  EXPECT_TRUE(next_.empty());
  // Numbers of another shard.
  EXPECT_FALSE(
      IteratorOf(shards[0], ShardIteratorType::kAtSequenceNumber, shards[1].first_sequence_number));
  EXPECT_FALSE(IteratorOf(shards[1], ShardIteratorType::kAtSequenceNumber, last));
}

TEST_F(StreamShards, StayOpenWhileTheyAreEmpty) {
  clock().Advance(std::chrono::hours(20));
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = "things", .deletion_protection = false}));
  EXPECT_EQ(Shards().size(), 1u);
}

TEST_F(StreamShards, GoADayAfterTheyWereClosed) {
  PutNumbers(1, 1);
  const std::string first = Shards()[0].id;
  clock().Advance(std::chrono::hours(4));
  AwaitLast(first);
  const std::string iterator = *Iterator(ShardIteratorType::kLatest);
  // Not while its child is empty: it shows that nothing came since.
  clock().Advance(std::chrono::hours(25));
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = "things", .deletion_protection = true}));
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = "things", .deletion_protection = false}));
  EXPECT_EQ(Shards()[0].id, first);
  PutNumbers(2, 2);
  clock().Advance(std::chrono::minutes(5));
  auto shards = Shards();
  for (int i = 0; i < 2000 && shards[0].id == first; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    shards = Shards();
  }
  EXPECT_EQ(shards[0].parent_id, first);
  auto gone = engine().GetShardIterator({.stream_arn = arn_, .shard_id = first});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, DbErrorCode::kResourceNotFound);
  clock().Advance(-std::chrono::hours(25) - std::chrono::minutes(5));
  EXPECT_EQ(CodeOf(iterator), DbErrorCode::kTrimmedDataAccess);
}

TEST_F(StreamReader, RefusesHostileRequests) {
  PutNumbers(1, 1);
  const std::string good = *Iterator(ShardIteratorType::kTrimHorizon);
  for (const std::string& bad :
       {std::string("x"), arn_, arn_ + "|1|", arn_ + "|1|AAAA", good + "x",
        good.substr(0, good.size() - 4), std::string(100'000, 'A'), std::string("\0|1|\0", 5)}) {
    auto got = engine().GetRecords({.shard_iterator = bad});
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().code == DbErrorCode::kValidation ||
                got.error().code == DbErrorCode::kResourceNotFound);
  }
  EXPECT_EQ(ErrorOf(engine().GetRecords({.shard_iterator = good + "x"})), "Invalid ShardIterator");
  EXPECT_EQ(CodeOf(""), DbErrorCode::kValidation);
  EXPECT_FALSE(engine().GetRecords({.shard_iterator = good, .limit = 0}));
  EXPECT_FALSE(engine().GetRecords({.shard_iterator = good, .limit = 1001}));
  for (const char* sequence : {"", "1", "100000000000000000000x", "000000000000000000001",
                               "199999999999999999999", "100000000000000000000"}) {
    EXPECT_FALSE(Iterator(ShardIteratorType::kAtSequenceNumber, sequence)) << sequence;
  }
  EXPECT_EQ(engine().DescribeStream({.stream_arn = arn_ + "x"}).error().code,
            DbErrorCode::kResourceNotFound);
  EXPECT_EQ(engine().DescribeStream({.stream_arn = "short"}).error().code,
            DbErrorCode::kValidation);
  const std::string no_arn(60, 'x');
  EXPECT_EQ(ErrorOf(engine().DescribeStream({.stream_arn = no_arn})), "Invalid StreamArn");
  EXPECT_EQ(ErrorOf(engine().GetShardIterator({.stream_arn = no_arn, .shard_id = no_arn})),
            "Invalid StreamArn");
  EXPECT_EQ(ErrorOf(engine().ListStreams({.exclusive_start_stream_arn = no_arn})),
            "Invalid StreamArn");
  for (const ShardIteratorType type :
       {ShardIteratorType::kTrimHorizon, ShardIteratorType::kLatest}) {
    const auto numbered = Iterator(type, "100000000000000000001");
    ASSERT_FALSE(numbered);
    EXPECT_EQ(numbered.error().code, DbErrorCode::kValidation);
  }
  EXPECT_EQ(engine()
                .GetShardIterator({.stream_arn = arn_, .shard_id = std::string(40, 'x')})
                .error()
                .code,
            DbErrorCode::kResourceNotFound);
}

}  // namespace
}  // namespace cruddur::engine
