#include "app/trigger_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace cruddur::app {
namespace {

using namespace std::chrono_literals;

base::Result<std::vector<TriggerSettings>> Triggers(std::string_view toml,
                                                    const std::vector<std::string>& flags = {}) {
  char path[] = "/tmp/cruddur_triggers_XXXXXX";
  close(mkstemp(path));
  std::ofstream(path) << toml;
  auto settings =
      Settings::Load({{"config", path}}, [](const char*) -> const char* { return nullptr; });
  std::filesystem::remove(path);
  if (!settings) return std::unexpected(settings.error());
  return TriggersOf(*settings, flags);
}

TEST(TriggerSettings, HaveLambdasDefaults) {
  const auto triggers = Triggers("", {"things=http://localhost:9000"});
  ASSERT_TRUE(triggers) << triggers.error().message;
  ASSERT_EQ(triggers->size(), 1u);
  const TriggerSettings& trigger = triggers->front();
  EXPECT_EQ(trigger.table, "things");
  EXPECT_EQ(trigger.name, "things");
  EXPECT_EQ(trigger.function_name, "things");
  EXPECT_EQ(trigger.target, "http://localhost:9000");
  EXPECT_EQ(trigger.options.batch_size, 100);
  EXPECT_EQ(trigger.options.batching_window, 0s);
  EXPECT_EQ(trigger.options.parallelization_factor, 1);
  EXPECT_EQ(trigger.options.maximum_retry_attempts, -1);
  EXPECT_EQ(trigger.options.maximum_record_age, -1s);
  EXPECT_FALSE(trigger.options.bisect_batch_on_function_error);
  EXPECT_FALSE(trigger.options.report_batch_item_failures);
  EXPECT_TRUE(trigger.filters.empty());
}

TEST(TriggerSettings, AreReadFromTheFile) {
  const auto triggers = Triggers(R"(
port = 1
[[trigger]]
name = "one"
table = "things"
target = "runtime://127.0.0.1:9001"
batch-size = 10
batching-window = 5
starting-position = "LATEST"
parallelization-factor = 2
maximum-retry-attempts = 3
maximum-record-age = 60
bisect-batch-on-function-error = true
report-batch-item-failures = true
filter-patterns = ['{"eventName":["INSERT"]}', '{"eventName":["REMOVE"]}']
on-failure = "dead.jsonl"
function-name = "f"
timeout = 3
[[trigger]]
table = "things"
target = "https://localhost"
)");
  ASSERT_TRUE(triggers) << triggers.error().message;
  ASSERT_EQ(triggers->size(), 2u);
  const TriggerSettings& one = triggers->front();
  EXPECT_EQ(one.name, "one");
  EXPECT_EQ(one.options.batch_size, 10);
  EXPECT_EQ(one.options.batching_window, 5s);
  EXPECT_EQ(one.options.starting_position, stream::StartingPosition::kLatest);
  EXPECT_EQ(one.options.parallelization_factor, 2);
  EXPECT_EQ(one.options.maximum_retry_attempts, 3);
  EXPECT_EQ(one.options.maximum_record_age, 60s);
  EXPECT_TRUE(one.options.bisect_batch_on_function_error);
  EXPECT_TRUE(one.options.report_batch_item_failures);
  EXPECT_TRUE(one.filters.Pass(R"({"eventName":"REMOVE"})"));
  EXPECT_FALSE(one.filters.Pass(R"({"eventName":"MODIFY"})"));
  EXPECT_EQ(one.on_failure, "dead.jsonl");
  EXPECT_EQ(one.function_name, "f");
  EXPECT_EQ(one.timeout, 3s);
  EXPECT_EQ(triggers->back().name, "things");
}

TEST(TriggerSettings, BeginAtATimeAndKeepDeadLettersInATable) {
  for (const char* time : {"1679651101", "\"2023-03-24T09:45:01Z\""}) {
    const auto triggers = Triggers(std::string(R"(
[[trigger]]
table = "things"
target = "http://localhost"
on-failure = "table://things-dead"
starting-position = "AT_TIMESTAMP"
starting-position-timestamp = )") + time);
    ASSERT_TRUE(triggers) << triggers.error().message;
    const TriggerSettings& one = triggers->front();
    EXPECT_EQ(one.options.starting_position, stream::StartingPosition::kAtTimestamp);
    EXPECT_EQ(one.options.starting_position_timestamp, std::chrono::seconds(1'679'651'101));
    EXPECT_EQ(one.on_failure, "table://things-dead");
  }
}

TEST(TriggerSettings, AreRefusedInOneLineThatNamesThem) {
  const std::string good = "[[trigger]]\ntable = \"t\"\ntarget = \"http://h\"\n";
  struct Case {
    std::string toml, message;
  };
  for (const Case& c : std::vector<Case>{
           {good + "timeout = 901\n", "the trigger's timeout is 1 to 900 seconds"},
           {good + "name = \"a/b\"\n", "the trigger's name has letters"},
           {good + "name = \"\"\n", "the trigger's name is a text"},
           {good + "starting-position = \"NOW\"\n", "is TRIM_HORIZON, LATEST or AT_TIMESTAMP"},
           {good + "starting-position = \"AT_TIMESTAMP\"\n", "starting-position-timestamp goes"},
           {good + "starting-position-timestamp = 1679651101\n",
            "starting-position-timestamp goes"},
           {good + "starting-position-timestamp = \"noon\"\n", "is a time: seconds since 1970"},
           {good + "on-failure = \"table://a/b\"\n", "on-failure is a file, or table://NAME"},
           {good + "on-failure = \"sqs://queue\"\n", "on-failure is a file, or table://NAME"},
           {good + "bisect-batch-on-function-error = 1\n", "is true or false"},
           {good + "batch-size = [1, 2]\n", "the trigger's batch-size is a whole number"},
           {good + "maximum-record-age = 59\n", "maximum-record-age is a whole number from 60"},
           {good + "batch-size = [[1]]\n", "triggers are tables, [[trigger]]"},
           {"[[trigger]]\ntable = \"t\"\ntarget = \"ftp://h\"\n", "the trigger's target is http"},
           {"trigger = 1\n", "triggers are tables, [[trigger]]"}}) {
    const auto triggers = Triggers(c.toml);
    ASSERT_FALSE(triggers) << c.toml;
    EXPECT_THAT(triggers.error().message, ::testing::HasSubstr(c.message)) << c.toml;
  }
  EXPECT_THAT(Triggers(good, {"t=http://h"}).error().message,
              ::testing::HasSubstr("there is another trigger 't'"));
  EXPECT_EQ(Triggers("", {"t"}).error().message, "--trigger takes TABLE=TARGET, not 't'");
}

}  // namespace
}  // namespace cruddur::app
