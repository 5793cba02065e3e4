#include "stream/shard_runner.h"

#include "stream/follower_fixture.h"

namespace cruddur::stream {
namespace {

class ShardRunnerTest : public FollowerTest {
 protected:
  base::Registry registry;
  HandlerTarget target{[this](std::span<const model::StreamRecord> records)
                           -> base::Task<base::Result<std::vector<std::string>>> {
    co_return consumer.Take(records, false);
  }};
  DeadLetterFile dead_letters{checkpoint_file + "-dead"};
  MappingMetrics metrics{registry, "t", clock};
  MappingContext context{.name = "t",
                         .client = *client,
                         .target = target,
                         .dead_letters = dead_letters,
                         .metrics = metrics,
                         .clock = clock};
  RunnerSignals signals{loops.loop(0).get_executor()};
};

TEST_F(ShardRunnerTest, EndsWhereTheStreamIsGone) {
  CreateTable();
  std::string arn = Run(client->DescribeTable(kTable)).value().stream_arn;
  const std::string shard =
      Run(client->DescribeStream({.stream_arn = arn})).value().shards.front().id;
  arn.replace(arn.size() - 3, 3, "999");
  ShardRunner runner(context, signals, arn, shard, "", [](const std::string&) {});
  EXPECT_TRUE(Run(runner.Run()));
}

TEST_F(ShardRunnerTest, CountsAndTellsWhereRecordsWereGone) {
  CreateTable();
  Put("a");
  const std::string arn = Run(client->DescribeTable(kTable)).value().stream_arn;
  const std::string shard =
      Run(client->DescribeStream({.stream_arn = arn})).value().shards.front().id;
  std::string told;
  ShardRunner runner(context, signals, arn, shard, "100000000000000999999",
                     [&](const std::string& number) { told = number; });
  auto ended = base::asio::co_spawn(loops.loop(0), runner.Run(), base::asio::use_future);
  ASSERT_TRUE(consumer.Await("a"));
  signals.Stop();
  EXPECT_FALSE(ended.get());
  EXPECT_EQ(metrics.gaps.value(), 1u);
  EXPECT_EQ(told.size(), 21u);
}

}  // namespace
}  // namespace cruddur::stream
