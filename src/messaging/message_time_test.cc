#include "messaging/message_time.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include "base/timestamp.h"

namespace cruddur::messaging {
namespace {

using base::FormatTimestamp;
using base::Micros;

Micros At(std::string_view text) { return base::ParseTimestamp(text).value(); }

struct Case {
  std::string_view newest, now, expected;
};

TEST(MessageTime, IsNowOrTheNextFreeMicrosecond) {
  const Case cases[] = {
      {"", "2023-03-24T09:45:01.000000+00:00", "2023-03-24T09:45:01.000000+00:00"},
      {"2023-03-24T09:45:00.999999+00:00", "2023-03-24T09:45:01Z",
       "2023-03-24T09:45:01.000000+00:00"},
      {"2023-03-24T09:45:01.000000+00:00", "2023-03-24T09:45:01Z",
       "2023-03-24T09:45:01.000001+00:00"},
      // The clock went back an hour.
      {"2023-03-24T09:45:01.999999+00:00", "2023-03-24T08:45:01Z",
       "2023-03-24T09:45:02.000000+00:00"},
      // The year changes.
      {"2023-12-31T23:59:59.999999+00:00", "2023-12-31T23:59:59Z",
       "2024-01-01T00:00:00.000000+00:00"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(FormatTimestamp(TimeBehind(c.newest, At(c.now))), c.expected) << c.newest;
  }
}

TEST(MessageTime, SortsBehindWhatOlderCodeWrote) {
  const Micros now = At("2023-03-24T09:45:01.500000+00:00");
  const Case cases[] = {
      {"2023-03-24T11:45:01.500000+02:00", "", "2023-03-24T11:45:01.500001+00:00"},
      {"2023-03-24T11:45:01+02:00", "", "2023-03-24T11:45:01.000001+00:00"},
      {"2023-03-24T04:45:01.500000-05:00", "", "2023-03-24T09:45:01.500000+00:00"},
      {"2023-03-24T09:45:01Z", "", "2023-03-24T09:45:02.000000+00:00"},
      {"2023-03-24T09:45:01.5Z", "", "2023-03-24T09:45:02.000000+00:00"},
      {"2023-03-24T09:45:02.123456789+00:00", "", "2023-03-24T09:45:02.123457+00:00"},
      {"2023-03-24 10:45:01", "", "2023-03-24T09:45:01.500000+00:00"},
  };
  for (const Case& c : cases) {
    const std::string key = FormatTimestamp(TimeBehind(c.newest, now));
    EXPECT_EQ(key, c.expected) << c.newest;
    EXPECT_GT(key, c.newest);
  }
}

TEST(MessageTime, GivesNowWhereNothingCanSortBehind) {
  const Micros now = At("2023-03-24T09:45:01.500000+00:00");
  for (const std::string_view newest : {"zzz", "9999-12-31T23:59:59.999999+00:00", "MSG#2023"}) {
    EXPECT_EQ(TimeBehind(newest, now), now) << newest;
  }
}

TEST(MessageTime, IsStrictlyIncreasingWhateverTheClockSays) {
  rc::check("of a chain of messages", [](const std::vector<int32_t>& clock) {
    std::string newest;
    for (const int32_t now : clock) {
      const std::string next = FormatTimestamp(TimeBehind(newest, Micros(now % 50)));
      RC_ASSERT(next > newest);
      newest = next;
    }
  });
}

}  // namespace
}  // namespace cruddur::messaging
