#include "stream/shard_reader.h"

#include "stream/follower_fixture.h"

namespace cruddur::stream {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ShardReaderTest : public FollowerTest {
 protected:
  ShardReaderTest() {
    CreateTable();
    arn = Run(client->DescribeTable(kTable)).value().stream_arn;
    shard = Run(client->DescribeStream({.stream_arn = arn})).value().shards.front().id;
  }

  // The names on the next page.
  std::vector<std::string> Read(ShardReader& reader, int64_t limit = 1000) {
    const auto records = Run(reader.Read(limit));
    EXPECT_TRUE(records) << records.error().message;
    std::vector<std::string> names;
    if (!records) return names;
    for (const model::StreamRecord& record : *records) {
      names.emplace_back(record.keys.FindString("pk"));
      last = record.sequence_number;
    }
    return names;
  }
  ShardReader ReaderAfter(std::string number) { return {*client, arn, shard, std::move(number)}; }

  std::string arn, shard, last;
};

TEST_F(ShardReaderTest, ReadsPageAfterPageAndThenWhatComes) {
  for (const char* name : {"a", "b", "c"}) Put(name);
  ShardReader reader = ReaderAfter("");
  EXPECT_THAT(Read(reader, 2), ElementsAre("a", "b"));
  const std::string after_b = last;
  EXPECT_THAT(Read(reader, 2), ElementsAre("c"));
  EXPECT_THAT(Read(reader), IsEmpty());
  Put("d");
  EXPECT_THAT(Read(reader), ElementsAre("d"));
  ShardReader later = ReaderAfter(after_b);
  EXPECT_THAT(Read(later), ElementsAre("c", "d"));
  EXPECT_EQ(later.gaps(), 0u);
}

TEST_F(ShardReaderTest, GoesOnWhereItWasWhenItsIteratorExpired) {
  Put("a");
  ShardReader reader = ReaderAfter("");
  EXPECT_THAT(Read(reader), ElementsAre("a"));
  clock.Advance(16min);
  Put("b");
  EXPECT_THAT(Read(reader), ElementsAre("b"));
}

TEST_F(ShardReaderTest, PassesOverWhatIsGoneAndCountsIt) {
  Put("a");
  ShardReader first = ReaderAfter("");
  Read(first);
  Put("b");
  clock.Advance(25h);
  Put("c");
  ShardReader reader = ReaderAfter(last);
  std::vector<std::string> names = Read(reader);
  EXPECT_EQ(reader.gaps(), 1u);
  // The old shard may have been split before "c" came, which is in its child then.
  for (const model::Shard& each : Run(client->DescribeStream({.stream_arn = arn})).value().shards) {
    if (each.id == shard) continue;
    ShardReader child(*client, arn, each.id, "");
    std::ranges::move(Read(child), std::back_inserter(names));
  }
  EXPECT_THAT(names, ElementsAre("c"));
}

TEST_F(ShardReaderTest, TakesANumberThatTheShardNeverGaveForAGap) {
  Put("a");
  ShardReader reader = ReaderAfter("100000000000000999999");
  EXPECT_THAT(Read(reader), ElementsAre("a"));
  EXPECT_EQ(reader.gaps(), 1u);
}

TEST_F(ShardReaderTest, KnowsTheEndOfAClosedShard) {
  Put("a");
  ShardReader reader = ReaderAfter("");
  Read(reader);
  EXPECT_FALSE(reader.at_end());
  model::UpdateTableRequest request;
  request.table = kTable;
  request.stream_enabled = false;
  ASSERT_TRUE(Run(client->UpdateTable(std::move(request))));
  EXPECT_THAT(Read(reader), IsEmpty());
  EXPECT_TRUE(reader.at_end());
  EXPECT_THAT(Read(reader), IsEmpty());
}

}  // namespace
}  // namespace cruddur::stream
