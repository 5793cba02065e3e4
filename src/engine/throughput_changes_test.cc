#include "engine/throughput_changes.h"

#include <gmock/gmock.h>

namespace cruddur::engine {
namespace {

using model::Throughput;
using model::ThroughputChanges;
using testing::HasSubstr;

// 2026-10-08 23:20:48 UTC, a Thursday.
constexpr base::Micros kEvening = std::chrono::seconds(1'791'501'648);

TEST(ThroughputChanges, NoteWhenSomethingRoseAndFell) {
  ThroughputChanges changes;
  ASSERT_TRUE(NoteThroughputChange({1, 1}, {2, 1}, kEvening, changes));
  EXPECT_EQ(changes, (ThroughputChanges{.last_increase = kEvening}));
  const auto later = kEvening + std::chrono::minutes(1);
  ASSERT_TRUE(NoteThroughputChange({2, 1}, {1, 5}, later, changes));
  EXPECT_EQ(changes, (ThroughputChanges{later, later, 1}));
  ASSERT_TRUE(NoteThroughputChange({1, 5}, {1, 5}, kEvening, changes));
  EXPECT_EQ(changes, (ThroughputChanges{later, later, 1}));
}

TEST(ThroughputChanges, FallFourTimesADayAndThenOnceAnHour) {
  const base::Micros noon = kEvening - std::chrono::hours(11);
  ThroughputChanges changes;
  int64_t units = 100;
  const auto lower = [&](base::Micros now) {
    return NoteThroughputChange({units, units}, {units - 1, units}, now, changes);
  };
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(lower(noon));
  const ThroughputChanges before = changes;
  const auto refused = lower(noon + std::chrono::seconds(3599));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, model::DbErrorCode::kLimitExceeded);
  EXPECT_EQ(
      refused.error().message,
      "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given "
      "UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can "
      "be performed at most once every 3600 seconds. Number of decreases today: 4. Last "
      "decrease at Thursday, October 8, 2026 at 12:20:48 PM Coordinated Universal Time. Next "
      "decrease can be made at Thursday, October 8, 2026 at 1:20:48 PM Coordinated Universal "
      "Time");
  EXPECT_EQ(changes, before);
  EXPECT_TRUE(NoteThroughputChange({1, 1}, {2, 2}, noon, changes)) << "it may always rise";
  ASSERT_TRUE(lower(noon + std::chrono::hours(1)));
  EXPECT_EQ(changes.decreases_today, 5);
  EXPECT_FALSE(lower(noon + std::chrono::minutes(119)));
}

TEST(ThroughputChanges, BeginAnewWithUtcsDay) {
  ThroughputChanges changes;
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(NoteThroughputChange({2, 2}, {1, 1}, kEvening, changes));
  }
  const auto refused = NoteThroughputChange({2, 2}, {1, 1}, kEvening, changes);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("Last decrease at Thursday, October 8, 2026 at "
                                                 "11:20:48 PM Coordinated Universal Time. Next "
                                                 "decrease can be made at Friday, October 9, 2026 "
                                                 "at 12:00:00 AM Coordinated Universal Time"));
  const base::Micros midnight = kEvening + std::chrono::seconds(39 * 60 + 12);
  EXPECT_EQ(ThroughputChangesOn(midnight - base::Micros(1), changes).decreases_today, 4);
  EXPECT_EQ(ThroughputChangesOn(midnight, changes).decreases_today, 0);
  EXPECT_EQ(ThroughputChangesOn(midnight, changes).last_decrease, kEvening);
  ASSERT_TRUE(NoteThroughputChange({2, 2}, {1, 1}, midnight, changes));
  EXPECT_EQ(changes.decreases_today, 1);
}

}  // namespace
}  // namespace cruddur::engine
