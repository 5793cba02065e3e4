// An engine's stream, through a mapping, to a function in this process.
#include "stream/event_source_mapping.h"

#include <fstream>

#include "dynamo/thread_document.h"
#include "stream/follower_fixture.h"

namespace cruddur::stream {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The table "things" of FollowerTest, whose Consumer stands for the function.
class EventSourceMappingTest : public FollowerTest {
 protected:
  EventSourceMappingTest() {
    settings.options.first_retry = 1ms;
    settings.options.last_retry = 4ms;
    settings.options.report_batch_item_failures = true;
    settings.function_arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    std::filesystem::remove(dead_letter_file);
  }
  ~EventSourceMappingTest() override {
    mapping.reset();
    std::filesystem::remove(dead_letter_file);
  }

  void Map(Consumer& function) {
    target =
        std::make_unique<HandlerTarget>([&function](std::span<const model::StreamRecord> records)
                                            -> base::Task<base::Result<std::vector<std::string>>> {
          co_return function.Take(records, false);
        });
    MappingSettings mine;
    mine.name = "t";
    mine.table = kTable;
    mine.options = settings.options;
    mine.function_arn = settings.function_arn;
    mine.checkpoint_path = checkpoint_file;
    mine.dead_letters = std::make_unique<DeadLetterFile>(dead_letter_file);
    if (!filter.empty()) {
      std::vector<FilterPattern> patterns;
      patterns.push_back(FilterPattern::Parse(filter).value());
      mine.filters = FilterCriteria(std::move(patterns));
    }
    registry = std::make_unique<base::Registry>();
    mapping = std::make_unique<EventSourceMapping>(
        loops.loop(1), *client,
        [this](const std::string& table, CommitListener listener) {
          return engine->Subscribe(table, [listener](const engine::CommittedRecords& commit) {
            listener(commit.records);
          });
        },
        *target, *registry, clock, std::move(mine));
    mapping->Start();
  }
  void SetStream(bool enabled) {
    model::UpdateTableRequest request;
    request.table = kTable;
    request.stream_enabled = enabled;
    if (enabled) request.stream_view = model::StreamViewType::kNewImage;
    ASSERT_TRUE(Run(client->UpdateTable(std::move(request))));
  }
  void AwaitCheckpoint() {
    for (int i = 0; i < 3000 && !Checkpoint(checkpoint_file).Load().value(); ++i) {
      std::this_thread::sleep_for(10ms);
    }
  }
  std::vector<std::string> DeadNames() {
    std::vector<std::string> names;
    for (const std::string& line : DeadLetterFile(dead_letter_file).Read().value()) {
      for (const model::StreamRecord& record :
           ReadPayload(PayloadOfDeadLetter(line).value()).value()) {
        EXPECT_EQ(record.new_image->FindString("pk"), record.keys.FindString("pk"));
        names.emplace_back(record.keys.FindString("pk"));
      }
    }
    return names;
  }

  const std::string dead_letter_file = checkpoint_file + "-dead";
  MappingSettings settings;
  std::string filter;
  std::unique_ptr<base::Registry> registry;
  std::unique_ptr<Target> target;
  std::unique_ptr<EventSourceMapping> mapping;
};

TEST_F(EventSourceMappingTest, HandsOverWhatIsThereAndWhatComes) {
  CreateTable();
  Put("a");
  Map(consumer);
  ASSERT_TRUE(consumer.Await("a"));
  Put("b");
  ASSERT_TRUE(consumer.Await("b"));
  EXPECT_THAT(consumer.handled(), ElementsAre("a", "b"));
}

TEST_F(EventSourceMappingTest, WaitsForTheTableAndItsStream) {
  Map(consumer);
  CreateTable();
  Put("a");
  ASSERT_TRUE(consumer.Await("a"));
}

TEST_F(EventSourceMappingTest, GoesOnWhereItStopped) {
  CreateTable();
  Map(consumer);
  Put("a");
  ASSERT_TRUE(consumer.Await("a"));
  mapping.reset();
  Put("b");
  Consumer next;
  Map(next);
  ASSERT_TRUE(next.Await("b"));
  EXPECT_THAT(next.handled(), ElementsAre("b"));
}

TEST_F(EventSourceMappingTest, HandsOverAgainWhatWasUnderWayAtACrash) {
  CreateTable();
  Map(consumer);
  Put("a");
  ASSERT_TRUE(consumer.Await("a"));
  consumer.Fail("b");
  Put("b");
  Put("c");
  ASSERT_TRUE(consumer.AwaitAttempts("b", 2));
  mapping.reset();
  Consumer next;
  Map(next);
  ASSERT_TRUE(next.Await("c"));
  EXPECT_THAT(next.handled(), ElementsAre("b", "c"));
}

TEST_F(EventSourceMappingTest, BeginsAtTheEndWhereLatestWasAsked) {
  CreateTable();
  Put("a");
  settings.options.starting_position = StartingPosition::kLatest;
  Map(consumer);
  AwaitCheckpoint();  // then it has found the end
  Put("b");
  ASSERT_TRUE(consumer.Await("b"));
  EXPECT_THAT(consumer.handled(), ElementsAre("b"));
  mapping.reset();
  Put("c");
  Consumer next;
  Map(next);
  ASSERT_TRUE(next.Await("c"));
  EXPECT_THAT(next.handled(), ElementsAre("c"));
}

TEST_F(EventSourceMappingTest, WantsAllOfAStreamThatBeginsWhileItIsThereWithLatestToo) {
  settings.options.starting_position = StartingPosition::kLatest;
  Map(consumer);
  AwaitCheckpoint();
  mapping.reset();
  CreateTable();
  Put("a");
  Map(consumer);
  ASSERT_TRUE(consumer.Await("a"));
}

TEST_F(EventSourceMappingTest, SkipsNothingWithLatestThoughItEndedBeforeTheFirstRecord) {
  CreateTable();
  Put("before");
  clock.Advance(2s);
  settings.options.starting_position = StartingPosition::kLatest;
  Map(consumer);
  AwaitCheckpoint();
  mapping.reset();
  Put("a");
  Map(consumer);
  ASSERT_TRUE(consumer.Await("a"));
  EXPECT_THAT(consumer.handled(), ElementsAre("a"));
}

TEST_F(EventSourceMappingTest, HandsEverythingOverWhereTheCheckpointIsDamaged) {
  CreateTable();
  settings.options.starting_position = StartingPosition::kLatest;
  Put("a");
  std::ofstream(checkpoint_file) << "cruddur checkpoint 1\n";
  Map(consumer);
  ASSERT_TRUE(consumer.Await("a"));
}

TEST_F(EventSourceMappingTest, BeginsAtATime) {
  CreateTable();
  Put("a");
  for (const char* name : {"b", "c", "d"}) {
    clock.Advance(5h);  // each into a shard of its own
    Put(name);
  }
  settings.options.starting_position = StartingPosition::kAtTimestamp;
  settings.options.starting_position_timestamp = clock.Now() - 6h;
  Map(consumer);
  ASSERT_TRUE(consumer.Await("d"));
  EXPECT_THAT(consumer.handled(), ElementsAre("c", "d"));
  mapping.reset();
  Put("e");
  Consumer next;
  Map(next);
  ASSERT_TRUE(next.Await("e"));
  EXPECT_THAT(next.handled(), ElementsAre("e"));
}

TEST_F(EventSourceMappingTest, CountsShardsAndStreamsThatWereGone) {
  CreateTable();
  Map(consumer);
  Put("a");
  ASSERT_TRUE(consumer.Await("a"));
  mapping.reset();
  for (const char* name : {"lost1", "lost2"}) {
    clock.Advance(5h);
    Put(name);
  }
  clock.Advance(49h);
  Put("b");
  Consumer second;
  Map(second);
  ASSERT_TRUE(second.Await("b"));
  EXPECT_GE(mapping->metrics().gaps.value(), 1u);
  EXPECT_THAT(second.handled(), ::testing::Not(::testing::Contains("lost1")));
  mapping.reset();

  Put("lost3");
  SetStream(false);
  clock.Advance(49h);
  SetStream(true);
  Put("c");
  Consumer third;
  Map(third);
  ASSERT_TRUE(third.Await("c"));
  EXPECT_EQ(mapping->metrics().gaps.value(), 1u);
}

TEST_F(EventSourceMappingTest, CountsNothingWhereAllWasReadOfWhatIsGone) {
  CreateTable();
  Map(consumer);
  Put("a");
  ASSERT_TRUE(consumer.Await("a"));
  SetStream(false);
  for (int i = 0; i < 3000 && !Checkpoint(checkpoint_file).Load().value()->ended; ++i) {
    std::this_thread::sleep_for(10ms);
  }
  mapping.reset();
  clock.Advance(49h);
  SetStream(true);
  Put("b");
  Consumer next;
  Map(next);
  ASSERT_TRUE(next.Await("b"));
  EXPECT_EQ(mapping->metrics().gaps.value(), 0u);
}

TEST_F(EventSourceMappingTest, TriesFromTheFailedRecordOn) {
  CreateTable();
  for (const char* name : {"a", "b", "c"}) Put(name);
  consumer.Fail("b");
  Map(consumer);
  ASSERT_TRUE(consumer.AwaitAttempts("b", 3));
  EXPECT_GT(mapping->metrics().errors.value(), 1u);
  consumer.Fail("b", false);
  ASSERT_TRUE(consumer.Await("b"));
  Put("d");
  ASSERT_TRUE(consumer.Await("d"));
  EXPECT_EQ(std::ranges::count(consumer.handled(), "a"), 1) << "what is before the checkpoint";
  EXPECT_THAT(DeadNames(), IsEmpty());
}

TEST_F(EventSourceMappingTest, KeepsWhatItGivesUpAndGoesOn) {
  CreateTable();
  for (const char* name : {"a", "poison", "c"}) Put(name);
  consumer.Fail("poison");
  settings.options.maximum_retry_attempts = 1;
  settings.options.bisect_batch_on_function_error = true;
  Map(consumer);
  ASSERT_TRUE(consumer.Await("c"));
  Put("d");
  ASSERT_TRUE(consumer.Await("d"));
  EXPECT_THAT(DeadNames(), ElementsAre("poison"));
  EXPECT_EQ(mapping->metrics().dead_letters.value(), 1u);
  const auto lines = DeadLetterFile(dead_letter_file).Read().value();
  EXPECT_THAT(lines[0], HasSubstr(settings.function_arn));
  EXPECT_THAT(lines[0], HasSubstr("the function reported failures"));
  mapping.reset();
  Consumer next;
  Map(next);
  Put("e");
  ASSERT_TRUE(next.Await("e"));
  EXPECT_THAT(next.handled(), ElementsAre("e")) << "it is settled";
}

TEST_F(EventSourceMappingTest, TakesAnExceptionForAFailureOfTheWholeBatch) {
  CreateTable();
  Put("a");
  consumer.Throw(2);
  Map(consumer);
  ASSERT_TRUE(consumer.Await("a"));
  EXPECT_EQ(mapping->metrics().errors.value(), 2u);
}

TEST_F(EventSourceMappingTest, HandsOverWhatPassesTheFilterOnly) {
  CreateTable();
  filter = R"({"dynamodb":{"Keys":{"pk":{"S":[{"anything-but":{"prefix":"no"}}]}}}})";
  for (const char* name : {"no1", "a", "no2"}) Put(name);
  Map(consumer);
  Put("b");
  ASSERT_TRUE(consumer.Await("b"));
  EXPECT_THAT(consumer.handled(), ElementsAre("a", "b"));
  EXPECT_EQ(mapping->metrics().filtered.value(), 2u);
}

TEST_F(EventSourceMappingTest, ReadsAStreamThatIsSwitchedOffToItsEndAndThenTheNextOne) {
  CreateTable();
  Put("a");
  SetStream(false);
  Put("untold");
  SetStream(true);
  Put("b");
  Map(consumer);
  ASSERT_TRUE(consumer.Await("b"));
  const bool first_stream_too = consumer.handled().size() == 2;
  EXPECT_FALSE(first_stream_too) << "a new mapping begins with the table's stream of today";
  SetStream(false);
  SetStream(true);
  Put("c");
  ASSERT_TRUE(consumer.Await("c"));
  mapping.reset();
  Put("d");
  SetStream(false);
  SetStream(true);
  Put("e");
  Consumer next;
  Map(next);
  ASSERT_TRUE(next.Await("e"));
  EXPECT_THAT(next.handled(), ElementsAre("d", "e"));
}

TEST_F(EventSourceMappingTest, GoesOnWithTheNextStreamWhereTheOldOneIsGone) {
  CreateTable();
  Map(consumer);
  Put("a");
  ASSERT_TRUE(consumer.Await("a"));
  mapping.reset();
  Put("lost");
  SetStream(false);
  clock.Advance(std::chrono::hours(49));
  SetStream(true);
  Put("b");
  Consumer next;
  Map(next);
  ASSERT_TRUE(next.Await("b"));
  EXPECT_THAT(next.handled(), ElementsAre("b"));
}

TEST_F(EventSourceMappingTest, KeepsTheOrderOfEachItemInParallel) {
  CreateTable();
  settings.options.parallelization_factor = 4;
  settings.options.batch_size = 3;
  Map(consumer);
  for (int round = 0; round < 10; ++round) {
    for (int item = 0; item < 8; ++item) {
      model::PutItemRequest request{.table = kTable};
      request.item.Set("pk", "item" + std::to_string(item));
      request.item.Set("round", model::Number(round));
      ASSERT_TRUE(Run(client->PutItem(std::move(request))));
    }
  }
  Put("last");
  ASSERT_TRUE(consumer.Await("last"));
  for (int item = 0; item < 8; ++item) {
    EXPECT_TRUE(consumer.AwaitAttempts("item" + std::to_string(item), 10));
  }
  EXPECT_EQ(mapping->metrics().errors.value(), 0u);
}

TEST_F(EventSourceMappingTest, TellsHowItFares) {
  CreateTable();
  consumer.Fail("a");
  Map(consumer);
  Put("a");
  ASSERT_TRUE(consumer.AwaitAttempts("a", 2));
  clock.Advance(90s);
  const std::string text = registry->Render();
  EXPECT_THAT(text, HasSubstr("cruddur_trigger_iterator_age_seconds{trigger=\"t\"} 90"));
  EXPECT_THAT(text, HasSubstr("cruddur_trigger_errors_total{trigger=\"t\"}"));
}

}  // namespace
}  // namespace cruddur::stream
