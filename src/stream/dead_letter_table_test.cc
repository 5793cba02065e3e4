#include "stream/dead_letter_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/run_task.h"
#include "dynamo/in_process_client.h"
#include "engine/engine.h"

namespace cruddur::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DeadLetterTableTest : public ::testing::Test {
 protected:
  static std::string Letter(const std::string& name, size_t bytes = 1) {
    model::StreamRecord record{.event_id = "e", .keys = {{"pk", name}}};
    record.sequence_number = "100000000000000000042";
    record.new_image = model::Item{{"pk", name}};
    std::string text;
    while (text.size() < bytes) text += "ü\"";
    record.new_image->Set("text", text);
    return FormatDeadLetter({}, {.events = {EventOf(record, "r", "arn")},
                                 .given_up = ShardMapping::Reason::kRetryAttemptsExhausted});
  }
  template <class T>
  T Run(base::Task<T> task) {
    return base::RunTask(std::move(task));
  }
  base::Status Keep(std::string letter) {
    clock_.Advance(std::chrono::seconds(1));
    return Run(table_.Keep(std::move(letter)));
  }
  size_t Items() {
    size_t count = 0;
    model::ScanRequest request{.table = "dead"};
    do {
      auto page = Run(client_.Scan(request)).value();
      count += page.items.size();
      request.exclusive_start_key = std::move(page.last_evaluated_key);
    } while (!request.exclusive_start_key.empty());
    return count;
  }

  base::ManualClock clock_{std::chrono::seconds(1'679'651'101)};
  std::unique_ptr<engine::Engine> engine_ =
      engine::Engine::Open({.in_memory = true, .clock = &clock_}).value();
  dynamo::InProcessClient client_{*engine_};
  DeadLetterTable table_{client_, "dead", clock_};
  std::vector<std::string> seen_;
  std::string failing_;
  HandlerTarget target_{[this](std::span<const model::StreamRecord> records)
                            -> base::Task<base::Result<std::vector<std::string>>> {
    std::vector<std::string> failed;
    for (const model::StreamRecord& record : records) {
      seen_.emplace_back(record.keys.FindString("pk"));
      if (seen_.back() == failing_) failed.push_back(record.sequence_number);
    }
    co_return failed;
  }};
};

TEST_F(DeadLetterTableTest, IsCreatedWithTheFirstLetter) {
  EXPECT_EQ(Run(table_.List()).error().code, base::ErrorCode::kNotFound);
  ASSERT_TRUE(Keep(Letter("a")));
  ASSERT_TRUE(Keep(Letter("b")));
  const auto entries = Run(table_.List()).value();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(Run(table_.Read(entries[0])).value(), Letter("a")) << "in the order of their keeping";
  EXPECT_EQ(Run(table_.Read(entries[1])).value(), Letter("b"));
  EXPECT_EQ(table_.place(), "table://dead");
}

TEST_F(DeadLetterTableTest, CutsALetterThatExceedsAnItem) {
  const std::string letter = Letter("large", 600'000);
  ASSERT_TRUE(Keep(letter));
  EXPECT_GT(Items(), 2u);
  const auto entries = Run(table_.List()).value();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(Run(table_.Read(entries[0])).value(), letter);
  ASSERT_TRUE(Run(table_.Delete(entries[0])));
  EXPECT_EQ(Items(), 0u);
}

TEST_F(DeadLetterTableTest, DoesNotShowALetterThatIsNotThereAsAWhole) {
  ASSERT_TRUE(Keep(Letter("large", 200'000)));
  const auto entry = Run(table_.List()).value().front();
  model::DeleteItemRequest request{.table = "dead"};
  request.key.Set("letter_id", entry.id);
  request.key.Set("part", model::Number(0));
  ASSERT_TRUE(Run(client_.DeleteItem(request)));
  EXPECT_THAT(Run(table_.List()).value(), IsEmpty());
}

TEST_F(DeadLetterTableTest, ReplaysLettersAndLeavesWhatFailsAgain) {
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(Keep(Letter(name, 100'000)));
  failing_ = "b";
  const auto report = Run(Redrive(table_, target_));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->replayed, 2u);
  EXPECT_EQ(report->failed, 1u);
  EXPECT_THAT(seen_, ElementsAre("a", "b", "c"));
  failing_.clear();
  EXPECT_EQ(Run(Redrive(table_, target_))->replayed, 1u);
  EXPECT_EQ(Items(), 0u);
}

TEST_F(DeadLetterTableTest, SaysWhyALetterCannotBeKept) {
  const model::KeyAttribute pk{"pk", model::Type::kS};
  model::CreateTableRequest other;
  other.table = "dead";
  other.keys.partition = {pk};
  other.attribute_definitions = {pk};
  other.billing = model::BillingMode::kPayPerRequest;
  ASSERT_TRUE(Run(client_.CreateTable(other)));
  const auto kept = Keep(Letter("a"));
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().message, HasSubstr("table://dead: One or more parameter values"));
}

}  // namespace
}  // namespace cruddur::stream
