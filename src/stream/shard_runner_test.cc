#include "stream/shard_runner.h"

#include <future>
#include <stdexcept>

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

// A function that takes its time with the record "held", and fails all others.
class HeldTarget final : public Target {
 public:
  base::Task<InvocationResult> Invoke(const Invocation& invocation) override {
    if (!invocation.payload.contains("\"held\"")) co_return FunctionFailed("not this one");
    const auto wake_up = std::make_shared<WakeUp>(co_await base::asio::this_coro::executor);
    entered.set_value(wake_up);
    co_await wake_up->Wait();
    finished = true;
    co_return "null";
  }
  void Stop(bool) override {}

  std::promise<std::shared_ptr<WakeUp>> entered;
  std::atomic<bool> finished = false;
};

class BrokenDeadLetters final : public DeadLetters {
 public:
  base::Task<base::Status> Keep(std::string) override {
    if (!std::exchange(asked_before_, true)) asked.set_value();
    throw std::runtime_error("broken");
    co_return base::Status();
  }
  std::string place() const override { return "nowhere"; }

  std::promise<void> asked;

 private:
  bool asked_before_ = false;
};

// A name of an item in another lane than "held", of two.
std::string NameInTheOtherLane() {
  const auto lane = [](const std::string& name) {
    model::StreamRecord record{.keys = {{"pk", name}}};
    return EventOf(record, "r", "arn").item % 2;
  };
  for (int i = 0;; ++i) {
    std::string name = "other" + std::to_string(i);
    if (lane(name) != lane("held")) return name;
  }
}

TEST_F(ShardRunnerTest, EndsWithAnExceptionOnlyWhenNothingIsUnderWayAnyMore) {
  CreateTable();
  Put("held");
  Put(NameInTheOtherLane());
  HeldTarget held;
  BrokenDeadLetters broken;
  MappingContext mine{.name = "t",
                      .client = *client,
                      .target = held,
                      .dead_letters = broken,
                      .metrics = metrics,
                      .clock = clock};
  mine.options.parallelization_factor = 2;
  mine.options.maximum_retry_attempts = 0;
  const std::string arn = Run(client->DescribeTable(kTable)).value().stream_arn;
  const std::string shard =
      Run(client->DescribeStream({.stream_arn = arn})).value().shards.front().id;
  ShardRunner runner(mine, signals, arn, shard, "", [](const std::string&) {});
  auto ended = base::asio::co_spawn(loops.loop(0), runner.Run(), base::asio::use_future);
  const auto wake_up = held.entered.get_future().get();
  broken.asked.get_future().wait();
  wake_up->Wake();
  EXPECT_THROW(ended.get(), std::runtime_error);
  EXPECT_TRUE(held.finished);
}

}  // namespace
}  // namespace cruddur::stream
