#include "stream/shard_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cruddur::stream {
namespace {

using namespace std::chrono_literals;
using Reason = ShardMapping::Reason;
using Work = ShardMapping::Work;

// One minute each: what is told happens at `now`.
class ShardMappingTest : public ::testing::Test {
 protected:
  ShardMapping& mapping() {
    if (!mapping_) mapping_.emplace(options);
    return *mapping_;
  }
  void Add(int first, int last, uint64_t item = 0, size_t bytes = 10) {
    for (int i = first; i <= last; ++i) {
      mapping().Add({.sequence_number = std::to_string(i),
                     .created_at = now,
                     .item = item,
                     .json = std::string(bytes, 'x')},
                    now);
    }
  }
  // What is to be done now: "1 2 3", "keep 1 2 3", or nothing.
  std::string Next() {
    auto next = mapping().Next(now);
    if (!next) return "";
    std::string text = next->given_up ? "keep" : "";
    for (const StreamEvent& event : next->events) {
      text += (text.empty() ? "" : " ") + event.sequence_number;
    }
    work = *std::move(next);
    return text;
  }
  // The same, once every pause is over.
  std::string NextAfterThePause() {
    if (const auto due = mapping().Due(now)) now = std::max(now, *due);
    return Next();
  }
  void Handled(size_t count) { mapping().FinishInvocation(std::move(work), count, now); }
  void AllHandled() { Handled(work.events.size()); }
  void Kept(bool kept = true) { mapping().FinishKeeping(std::move(work), kept, now); }

  MappingOptions options;
  base::Micros now{1'000'000'000};
  Work work;

 private:
  std::optional<ShardMapping> mapping_;
};

TEST_F(ShardMappingTest, HandsOverWhatIsThereAtOnceWithoutAWindow) {
  EXPECT_EQ(Next(), "");
  EXPECT_EQ(mapping().Due(now), std::nullopt);
  Add(1, 3);
  EXPECT_EQ(Next(), "1 2 3");
  Add(4, 4);
  EXPECT_EQ(Next(), "") << "a lane has one batch under way";
  EXPECT_EQ(mapping().checkpoint(), "");
  EXPECT_EQ(mapping().oldest(), now);
  AllHandled();
  EXPECT_EQ(mapping().checkpoint(), "3");
  EXPECT_EQ(Next(), "4");
  AllHandled();
  EXPECT_TRUE(mapping().settled());
  EXPECT_EQ(mapping().oldest(), std::nullopt);
}

TEST_F(ShardMappingTest, MakesBatchesOfTheSizeThatWasAskedFor) {
  options.batch_size = 2;
  Add(1, 5);
  EXPECT_FALSE(mapping().HasRoom());
  for (const char* batch : {"1 2", "3 4", "5"}) {
    EXPECT_EQ(Next(), batch);
    AllHandled();
  }
  EXPECT_TRUE(mapping().HasRoom());
}

TEST_F(ShardMappingTest, KeepsAPayloadBelowSixMegabytes) {
  constexpr size_t kTwoMegabytes = 2 * 1024 * 1024;
  Add(1, 3, 0, kTwoMegabytes);
  EXPECT_EQ(Next(), "1 2") << "with the commas and the frame three are too many";
  EXPECT_LE(PayloadOf(work.events).size(), kMaxPayloadBytes);
  AllHandled();
  EXPECT_EQ(Next(), "3");
}

TEST_F(ShardMappingTest, FillsABatchExactly) {
  Add(1, 1, 0, kMaxPayloadBytes - kPayloadFrameBytes - 2 - 10);
  Add(2, 3);
  EXPECT_EQ(Next(), "1 2");
  EXPECT_EQ(PayloadOf(work.events).size(), kMaxPayloadBytes - 1);
}

TEST_F(ShardMappingTest, GathersForTheLengthOfTheWindow) {
  options.batching_window = 5s;
  options.batch_size = 3;
  Add(1, 1);
  EXPECT_EQ(Next(), "");
  EXPECT_EQ(mapping().Due(now), now + 5s);
  now += 4s;
  Add(2, 2);
  EXPECT_EQ(Next(), "");
  now += 1s;
  EXPECT_EQ(Next(), "1 2") << "counted from the first";
  AllHandled();
  Add(3, 5);
  EXPECT_EQ(Next(), "3 4 5") << "full";
}

TEST_F(ShardMappingTest, BeginsAWindowWhenTheInvocationBeforeItIsDone) {
  options.batching_window = 5s;
  Add(1, 1);
  now += 5s;
  EXPECT_EQ(Next(), "1");
  Add(2, 2);
  now += 9s;
  AllHandled();
  EXPECT_EQ(Next(), "");
  EXPECT_EQ(mapping().Due(now), now + 5s);
  now += 4s;
  Add(3, 3);
  now += 1s;
  EXPECT_EQ(Next(), "2 3");
  AllHandled();
  now += 7s;
  Add(4, 4);
  EXPECT_EQ(mapping().Due(now), now + 5s) << "nothing waited, so it begins with the record";
}

TEST_F(ShardMappingTest, TriesAFailedBatchAgainWithGrowingPauses) {
  options.first_retry = 100ms;
  options.last_retry = 300ms;
  Add(1, 2);
  EXPECT_EQ(Next(), "1 2");
  for (const auto pause : {100ms, 200ms, 300ms, 300ms}) {
    Handled(0);
    EXPECT_EQ(Next(), "");
    EXPECT_EQ(mapping().Due(now), now + pause);
    now += pause;
    EXPECT_EQ(Next(), "1 2");
  }
  EXPECT_EQ(work.attempts, 4);
  AllHandled();
  Add(3, 3);
  EXPECT_EQ(Next(), "3");
  EXPECT_EQ(work.attempts, 0);
}

TEST_F(ShardMappingTest, TriesFromTheLowestReportedRecordOn) {
  Add(1, 4);
  Next();
  Handled(0);
  EXPECT_EQ(NextAfterThePause(), "1 2 3 4");
  Handled(2);
  EXPECT_EQ(mapping().checkpoint(), "2");
  EXPECT_EQ(Next(), "3 4") << "without a pause: some were handled";
  EXPECT_EQ(work.attempts, 1) << "of the record that failed";
  Handled(1);
  EXPECT_EQ(Next(), "4");
  EXPECT_EQ(work.attempts, 1);
  Handled(0);
  EXPECT_EQ(Next(), "");
  EXPECT_EQ(mapping().Due(now), now + options.first_retry);
  EXPECT_EQ(NextAfterThePause(), "4");
  EXPECT_EQ(work.attempts, 2);
}

TEST_F(ShardMappingTest, DoesNotCountWhatDidNotReachTheFunction) {
  options.first_retry = 100ms;
  options.maximum_retry_attempts = 0;
  options.bisect_batch_on_function_error = true;
  Add(1, 2);
  EXPECT_EQ(Next(), "1 2");
  for (const auto pause : {100ms, 200ms, 400ms}) {
    mapping().PutBack(std::move(work), now);
    EXPECT_EQ(Next(), "");
    EXPECT_EQ(mapping().Due(now), now + pause);
    now += pause;
    EXPECT_EQ(Next(), "1 2");
    EXPECT_EQ(work.attempts, 0);
  }
  AllHandled();
  EXPECT_TRUE(mapping().settled());
}

TEST_F(ShardMappingTest, GivesUpWhatIsTooOldThoughItNeverReachedTheFunction) {
  options.maximum_record_age = 60s;
  Add(1, 1);
  Next();
  mapping().PutBack(std::move(work), now);
  now += 61s;
  EXPECT_EQ(Next(), "keep 1");
  EXPECT_EQ(work.given_up, Reason::kRecordAgeExceeded);
}

TEST_F(ShardMappingTest, KeepsRunsOfSettledRecordsAsOne) {
  options.parallelization_factor = 2;
  options.batch_size = 10;
  Add(1, 1, 0);
  EXPECT_EQ(Next(), "1");
  const Work stuck = std::move(work);
  for (int i = 2; i < 2'000; i += 2) {
    Add(i, i + 1, 1);
    mapping().Skip(std::to_string(i + 2));
    ASSERT_EQ(Next(), std::to_string(i) + " " + std::to_string(i + 1));
    AllHandled();
    ASSERT_TRUE(mapping().HasRoom());
    ASSERT_EQ(mapping().tracked(), 2u);
  }
  EXPECT_EQ(mapping().checkpoint(), "");
  mapping().FinishInvocation(stuck, 1, now);
  EXPECT_EQ(mapping().checkpoint(), "2000");
  EXPECT_TRUE(mapping().settled());
}

TEST_F(ShardMappingTest, GivesUpWhatUsedItsRetries) {
  options.maximum_retry_attempts = 2;
  Add(1, 2);
  for (int attempt = 0; attempt < 3; ++attempt) {
    EXPECT_EQ(NextAfterThePause(), "1 2");
    Handled(0);
  }
  Add(3, 3);
  EXPECT_EQ(Next(), "keep 1 2");
  EXPECT_EQ(work.given_up, Reason::kRetryAttemptsExhausted);
  EXPECT_EQ(work.attempts, 3);
  EXPECT_EQ(mapping().checkpoint(), "") << "not before it is kept";
  Kept(false);
  EXPECT_EQ(Next(), "");
  EXPECT_EQ(NextAfterThePause(), "keep 1 2");
  Kept();
  EXPECT_EQ(mapping().checkpoint(), "2");
  EXPECT_EQ(Next(), "3");
}

TEST_F(ShardMappingTest, HalvesWhatFailsUntilOneRecordIsLeft) {
  options.bisect_batch_on_function_error = true;
  options.maximum_retry_attempts = 1;
  Add(1, 5);
  std::vector<std::string> tried;
  while (!mapping().settled()) {
    tried.push_back(NextAfterThePause());
    if (work.given_up) {
      Kept();
    } else {
      // The function fails as a whole wherever record 4 is.
      const bool poisoned = tried.back().find('4') != std::string::npos;
      Handled(poisoned ? 0 : work.events.size());
    }
  }
  EXPECT_THAT(tried, ::testing::ElementsAre("1 2 3 4 5", "1 2", "3 4 5", "3", "4 5", "4", "4",
                                            "keep 4", "5"));
}

TEST_F(ShardMappingTest, CutsWhereTheFunctionSaidThatItFailed) {
  options.bisect_batch_on_function_error = true;
  options.maximum_retry_attempts = 0;
  Add(1, 6);
  EXPECT_EQ(NextAfterThePause(), "1 2 3 4 5 6");
  Handled(3);
  EXPECT_EQ(NextAfterThePause(), "4 5 6");
  EXPECT_EQ(work.attempts, 0) << "attempts of its own";
  Handled(0);
  EXPECT_EQ(NextAfterThePause(), "4");
  Handled(0);
  EXPECT_EQ(Next(), "keep 4");
  Kept();
  EXPECT_EQ(NextAfterThePause(), "5 6");
}

TEST_F(ShardMappingTest, GivesUpWhatIsTooOldBeforeAndBetweenAttempts) {
  options.maximum_record_age = 60s;
  Add(1, 1);
  now += 61s;
  Add(2, 2);
  EXPECT_EQ(Next(), "keep 1");
  EXPECT_EQ(work.given_up, Reason::kRecordAgeExceeded);
  EXPECT_EQ(work.attempts, 0);
  Kept();
  EXPECT_EQ(Next(), "2");
  Handled(0);
  now += 61s;
  EXPECT_EQ(Next(), "keep 2");
  EXPECT_EQ(work.attempts, 1);
  Kept();
  EXPECT_TRUE(mapping().settled());
}

TEST_F(ShardMappingTest, HasLanesForItemsAndLetsTheCheckpointWaitForTheSlowest) {
  options.parallelization_factor = 2;
  Add(1, 1, 0);
  Add(2, 2, 1);
  Add(3, 3, 0);
  Add(4, 4, 1);
  EXPECT_EQ(Next(), "1 3");
  Work slow = std::move(work);
  EXPECT_EQ(Next(), "2 4");
  AllHandled();
  EXPECT_EQ(mapping().checkpoint(), "");
  Add(5, 5, 3);
  EXPECT_EQ(Next(), "5") << "one lane doesn't wait for the other";
  AllHandled();
  mapping().FinishInvocation(std::move(slow), 1, now);
  EXPECT_EQ(mapping().checkpoint(), "2");
  EXPECT_EQ(NextAfterThePause(), "3");
  AllHandled();
  EXPECT_EQ(mapping().checkpoint(), "5");
}

TEST_F(ShardMappingTest, PassesWhatTheFunctionDoesNotWant) {
  mapping().Skip("1");
  EXPECT_EQ(mapping().checkpoint(), "1");
  Add(2, 2);
  mapping().Skip("3");
  mapping().Skip("4");
  EXPECT_EQ(mapping().checkpoint(), "1");
  Add(5, 5);
  EXPECT_EQ(Next(), "2 5");
  Handled(1);
  EXPECT_EQ(mapping().checkpoint(), "4");
}

TEST(MappingOptions, HaveLambdasBounds) {
  EXPECT_TRUE(Check({}));
  const auto refused = [](auto change) {
    MappingOptions options;
    change(options);
    const auto checked = Check(options);
    return checked ? std::string() : checked.error().message;
  };
  EXPECT_EQ(refused([](auto& o) { o.batch_size = 10'001; }),
            "batch-size is a whole number from 1 to 10000, not 10001");
  EXPECT_NE(refused([](auto& o) { o.batch_size = 0; }), "");
  EXPECT_NE(refused([](auto& o) { o.batching_window = 301s; }), "");
  EXPECT_NE(refused([](auto& o) { o.parallelization_factor = 11; }), "");
  EXPECT_NE(refused([](auto& o) { o.maximum_retry_attempts = -2; }), "");
  EXPECT_EQ(refused([](auto& o) { o.maximum_record_age = 59s; }),
            "maximum-record-age is a whole number from 60 to 604800, or -1 for no limit, not 59");
}

}  // namespace
}  // namespace cruddur::stream
