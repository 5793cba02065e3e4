#include "stream/redrive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/run_task.h"

namespace cruddur::stream {
namespace {

using ::testing::ElementsAre;

class RedriveTest : public ::testing::Test {
 protected:
  ~RedriveTest() override {
    std::filesystem::remove(path_);
    std::filesystem::remove(path_ + ".redriving");
  }
  static std::string Letter(const std::string& name) {
    model::StreamRecord record{.event_id = "e", .keys = {{"pk", name}}};
    record.sequence_number = "100000000000000000042";
    return FormatDeadLetter({}, {.events = {EventOf(record, "r", "arn")},
                                 .given_up = ShardMapping::Reason::kRetryAttemptsExhausted});
  }
  base::Result<RedriveReport> Run() { return base::RunTask(Redrive(path_, target_)); }

  const std::string path_ =
      (std::filesystem::temp_directory_path() / ("cruddur-redrive-" + std::to_string(getpid())))
          .string();
  DeadLetterFile file_{path_};
  std::vector<std::string> seen_;
  std::string failing_;
  std::function<void()> target_during_;
  HandlerTarget target_{[this](std::span<const model::StreamRecord> records)
                            -> base::Task<base::Result<std::vector<std::string>>> {
    if (target_during_) target_during_();
    std::vector<std::string> failed;
    for (const model::StreamRecord& record : records) {
      seen_.emplace_back(record.keys.FindString("pk"));
      if (seen_.back() == failing_) failed.push_back(record.sequence_number);
    }
    co_return failed;
  }};
};

TEST_F(RedriveTest, ReplaysLettersAndTakesThemOutOfTheFile) {
  for (const char* name : {"a", "b"}) ASSERT_TRUE(file_.Append(Letter(name)));
  const auto report = Run();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->replayed, 2u);
  EXPECT_EQ(report->failed, 0u);
  EXPECT_THAT(seen_, ElementsAre("a", "b"));
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".redriving"));
  EXPECT_EQ(Run().error().code, base::ErrorCode::kNotFound);
}

TEST_F(RedriveTest, LeavesWhatFailsAgainAsItWas) {
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(file_.Append(Letter(name)));
  ASSERT_TRUE(file_.Append("{\"no letter\"}"));
  failing_ = "b";
  const auto report = Run();
  EXPECT_EQ(report->replayed, 2u);
  EXPECT_EQ(report->failed, 2u);
  EXPECT_THAT(*file_.Read(), ElementsAre(Letter("b"), "{\"no letter\"}"));
}

TEST_F(RedriveTest, GoesOnWhereItWasInterrupted) {
  ASSERT_TRUE(DeadLetterFile(path_ + ".redriving").Append(Letter("a")));
  ASSERT_TRUE(file_.Append(Letter("b")));
  const auto report = Run();
  EXPECT_EQ(report->replayed, 2u);
  EXPECT_THAT(seen_, ElementsAre("a", "b"));
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(RedriveTest, IsDoneByOneAtATime) {
  ASSERT_TRUE(file_.Append(Letter("a")));
  ASSERT_TRUE(DeadLetterFile(path_ + ".redriving").Append(Letter("b")));
  {
    const auto other = LockedFile::Open(path_ + ".redriving", false, LockedFile::Wait::kYes);
    EXPECT_EQ(Run().error().code, base::ErrorCode::kUnavailable);
  }
  EXPECT_EQ(Run()->replayed, 2u);
}

TEST_F(RedriveTest, LetsATriggerGoOnWithTheFile) {
  ASSERT_TRUE(file_.Append(Letter("a")));
  target_during_ = [this] { ASSERT_TRUE(file_.Append(Letter("b"))); };
  EXPECT_EQ(Run()->replayed, 1u);
  EXPECT_THAT(*file_.Read(), ElementsAre(Letter("b")));
}

}  // namespace
}  // namespace cruddur::stream
