#include "base/timestamp.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

namespace cruddur::base {
namespace {

constexpr int64_t kFirst = -62'167'219'200'000'000;  // 0000-01-01T00:00:00Z
constexpr int64_t kLast = 253'402'300'799'999'999;   // 9999-12-31T23:59:59.999999Z

TEST(Timestamp, IsWrittenWithSixDigitsAndAnOffset) {
  EXPECT_EQ(FormatTimestamp(Micros(0)), "1970-01-01T00:00:00.000000+00:00");
  EXPECT_EQ(FormatTimestamp(Micros(1'679'651'101'561'513)), "2023-03-24T09:45:01.561513+00:00");
  EXPECT_EQ(FormatTimestamp(Micros(-1)), "1969-12-31T23:59:59.999999+00:00");
  EXPECT_EQ(FormatTimestamp(Micros(1'709'164'800'000'000)), "2024-02-29T00:00:00.000000+00:00");
}

TEST(Timestamp, StopsAtTheFirstAndTheLastYear) {
  EXPECT_EQ(FormatTimestamp(Micros(kFirst)), "0000-01-01T00:00:00.000000+00:00");
  EXPECT_EQ(FormatTimestamp(Micros(kLast)), "9999-12-31T23:59:59.999999+00:00");
  EXPECT_EQ(FormatTimestamp(Micros(std::numeric_limits<int64_t>::min())),
            FormatTimestamp(Micros(kFirst)));
  EXPECT_EQ(FormatTimestamp(Micros(std::numeric_limits<int64_t>::max())),
            FormatTimestamp(Micros(kLast)));
}

TEST(Timestamp, ReadsWhatOlderCodeWrote) {
  const struct {
    std::string_view text;
    int64_t micros;
  } cases[] = {
      {"2023-03-24T09:45:01.561513+00:00", 1'679'651'101'561'513},
      {"2023-03-24T09:45:01.561513Z", 1'679'651'101'561'513},
      {"2023-03-24T09:45:01.561513", 1'679'651'101'561'513},
      {"2023-03-24 09:45:01.561513", 1'679'651'101'561'513},
      {"2023-03-24T09:45:01+00:00", 1'679'651'101'000'000},
      {"2023-03-24T09:45:01.5Z", 1'679'651'101'500'000},
      {"2023-03-24T09:45:01.000001Z", 1'679'651'101'000'001},
      {"2023-03-24T09:45:01.561513999Z", 1'679'651'101'561'513},
      {"2023-03-24T05:45:01.561513-04:00", 1'679'651'101'561'513},
      {"2023-03-24T15:15:01.561513+05:30", 1'679'651'101'561'513},
      {"2023-03-23T23:15:01.561513-10:30", 1'679'651'101'561'513},
      {"2000-02-29T00:00:00Z", 951'782'400'000'000},
      {"2024-02-29T23:59:59Z", 1'709'251'199'000'000},
      {"1969-12-31T23:59:59.999999-00:00", -1},
      {"0000-02-29T00:00:00Z", kFirst + int64_t{59} * 86'400'000'000},
      {"9999-12-31T23:59:59.999999Z", kLast},
  };
  for (const auto& c : cases) {
    const auto read = ParseTimestamp(c.text);
    ASSERT_TRUE(read) << c.text;
    EXPECT_EQ(read->count(), c.micros) << c.text;
  }
}

TEST(Timestamp, RefusesWhatIsNotOne) {
  const std::string_view cases[] = {
      "",
      "2023",
      "2023-03-24",
      "2023-03-24T",
      "2023-03-24T09:45",
      "2023-03-24T09:45:01.",
      "2023-03-24T09:45:01.1234567890Z",
      "2023-03-24T09:45:01,5Z",
      "2023-03-24T09:45:01Z ",
      " 2023-03-24T09:45:01Z",
      "2023-03-24T09:45:01+00",
      "2023-03-24T09:45:01+0000",
      "2023-03-24T09:45:01+24:00",
      "2023-03-24T09:45:01+00:60",
      "2023-03-24T09:45:01ZZ",
      "2023-03-24T09:45:01Z+00:00",
      "2023-03-24t09:45:01Z",
      "2023-03-24x09:45:01Z",
      "2023-3-24T09:45:01Z",
      "02023-03-24T09:45:01Z",
      "+023-03-24T09:45:01Z",
      "-023-03-24T09:45:01Z",
      "2023-00-24T09:45:01Z",
      "2023-13-24T09:45:01Z",
      "2023-03-00T09:45:01Z",
      "2023-03-32T09:45:01Z",
      "2023-04-31T09:45:01Z",
      "2023-02-29T09:45:01Z",
      "1900-02-29T09:45:01Z",
      "2023-03-24T24:00:00Z",
      "2023-03-24T09:60:01Z",
      "2023-03-24T09:45:60Z",
      "2023-03-24T09:45:1Z",
      "0000-01-01T00:00:00+00:01",
      "9999-12-31T23:59:59-00:01",
      std::string_view("2023-03-24T09:45:01\0", 20),
  };
  for (const auto text : cases) {
    const auto read = ParseTimestamp(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument) << text;
  }
}

int64_t AnyTime() { return *rc::gen::inRange<int64_t>(kFirst, kLast + 1); }

TEST(Timestamp, ReadsBackWhatItWrote) {
  EXPECT_TRUE(rc::check([] {
    const Micros time(AnyTime());
    const std::string text = FormatTimestamp(time);
    RC_ASSERT(text.size() == 32u);
    const auto read = ParseTimestamp(text);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == time);
  }));
}

TEST(Timestamp, ByteOrderIsTimeOrder) {
  EXPECT_TRUE(rc::check([] {
    const int64_t a = AnyTime();
    // Near neighbours as often as far ones.
    const int64_t b =
        *rc::gen::inRange(0, 2) ? AnyTime() : std::min(kLast, a + *rc::gen::inRange(0, 2'000'000));
    RC_ASSERT((FormatTimestamp(Micros(a)) < FormatTimestamp(Micros(b))) == (a < b));
  }));
}

}  // namespace
}  // namespace cruddur::base
