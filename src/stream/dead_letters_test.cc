#include "stream/dead_letters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

namespace cruddur::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DeadLetterFileTest : public ::testing::Test {
 protected:
  ~DeadLetterFileTest() override { std::filesystem::remove(path_); }

  const std::string path_ =
      (std::filesystem::temp_directory_path() / ("cruddur-dead-" + std::to_string(getpid())))
          .string();
  DeadLetterFile file_{path_};
};

ShardMapping::Work GivenUp() {
  const base::Micros time = std::chrono::seconds(1'679'651'101);
  return {.events = {{.sequence_number = "101", .created_at = time, .json = R"({"a":"\"1\""})"},
                     {.sequence_number = "102",
                      .created_at = time + std::chrono::milliseconds(1500),
                      .json = "{}"}},
          .attempts = 3,
          .given_up = ShardMapping::Reason::kRetryAttemptsExhausted};
}

TEST(DeadLetter, IsWhatLambdaSendsToAnOnFailureDestination) {
  const DeadLetter letter{.function_arn = "arn:f",
                          .stream_arn = "arn:s",
                          .shard_id = "shardId-1",
                          .request_id = "r",
                          .error = "ValueError: no",
                          .unhandled = true,
                          .time = std::chrono::milliseconds(1'679'651'201'561)};
  const std::string line = FormatDeadLetter(letter, GivenUp());
  EXPECT_EQ(
      line,
      R"({"requestContext":{"requestId":"r","functionArn":"arn:f",)"
      R"("condition":"RetryAttemptsExhausted","approximateInvokeCount":3},)"
      R"("responseContext":{"statusCode":200,"executedVersion":"$LATEST",)"
      R"("functionError":"Unhandled","errorMessage":"ValueError: no"},)"
      R"("version":"1.0","timestamp":"2023-03-24T09:46:41.561Z",)"
      R"("DDBStreamBatchInfo":{"shardId":"shardId-1","startSequenceNumber":"101",)"
      R"("endSequenceNumber":"102","approximateArrivalOfFirstRecord":"2023-03-24T09:45:01Z",)"
      R"("approximateArrivalOfLastRecord":"2023-03-24T09:45:02Z","batchSize":2,"streamArn":"arn:s"},)"
      R"("payload":"{\"Records\":[{\"a\":\"\\\"1\\\"\"},{}]}"})");
  EXPECT_EQ(PayloadOfDeadLetter(line).value(), R"({"Records":[{"a":"\"1\""},{}]})");
}

TEST(DeadLetter, TellsAReportFromAFailure) {
  EXPECT_THAT(FormatDeadLetter({.error = "reported"}, GivenUp()),
              HasSubstr(R"("responseContext":{"statusCode":200,"executedVersion":"$LATEST",)"
                        R"("errorMessage":"reported"},)"));
}

TEST(DeadLetter, SaysThatARecordWasTooOld) {
  ShardMapping::Work work = GivenUp();
  work.given_up = ShardMapping::Reason::kRecordAgeExceeded;
  EXPECT_THAT(FormatDeadLetter({}, work), HasSubstr(R"("condition":"RecordAgeExceeded")"));
  EXPECT_THAT(FormatDeadLetter({}, work), ::testing::Not(HasSubstr("responseContext")));
}

TEST(DeadLetter, IsNotReadFromAnythingElse) {
  for (const char* line : {"", "{", "[]", "{}", R"({"payload":{}})"}) {
    EXPECT_FALSE(PayloadOfDeadLetter(line)) << line;
  }
}

TEST_F(DeadLetterFileTest, KeepsLineAfterLine) {
  EXPECT_TRUE(file_.Read()->empty());
  EXPECT_TRUE(file_.Append("one"));
  EXPECT_TRUE(DeadLetterFile(path_).Append("two"));
  EXPECT_THAT(*file_.Read(), ElementsAre("one", "two"));
  struct stat status = {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(DeadLetterFileTest, TakesALineThatACrashCutShortAway) {
  std::ofstream(path_) << "one\n" << std::string(200'000, 'x');
  EXPECT_THAT(*file_.Read(), ElementsAre("one"));
  EXPECT_TRUE(file_.Append("two"));
  EXPECT_THAT(*file_.Read(), ElementsAre("one", "two"));
  std::ofstream(path_) << std::string(70'000, 'x');
  EXPECT_TRUE(file_.Append("three"));
  EXPECT_THAT(*file_.Read(), ElementsAre("three"));
}

TEST_F(DeadLetterFileTest, IsWrittenAnewWhereItWasTakenAwayMeanwhile) {
  ASSERT_TRUE(file_.Append("one"));
  std::optional taken = LockedFile::Open(path_, false, LockedFile::Wait::kYes).value();
  EXPECT_FALSE(LockedFile::Open(path_, false, LockedFile::Wait::kNo)) << "it is locked";
  // It waits for the lock, or comes when the file is gone.
  auto appended = std::async(std::launch::async, [&] { return file_.Append("two"); });
  std::filesystem::rename(path_, path_ + ".taken");
  taken.reset();
  ASSERT_TRUE(appended.get());
  EXPECT_THAT(*file_.Read(), ElementsAre("two"));
  EXPECT_THAT(*DeadLetterFile(path_ + ".taken").Read(), ElementsAre("one"));
  std::filesystem::remove(path_ + ".taken");
  EXPECT_EQ(LockedFile::Open(path_ + ".taken", false, LockedFile::Wait::kNo)->has_value(), false);
}

TEST_F(DeadLetterFileTest, SaysWhyItCannotBeWritten) {
  const auto refused = DeadLetterFile("/nonexistent/letters").Append("x");
  EXPECT_THAT(refused.error().message, HasSubstr("/nonexistent/letters"));
}

}  // namespace
}  // namespace cruddur::stream
