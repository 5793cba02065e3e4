#include "engine/ttl_index.h"

#include <gtest/gtest.h>

namespace cruddur::engine {
namespace {

model::AttributeValue Number(std::string_view text) { return *model::Number::Parse(text); }

TEST(TtlIndex, TakesTheSecondsOfANumber) {
  const struct {
    model::AttributeValue value;
    std::optional<int64_t> expiry;
  } cases[] = {
      {Number("1700000000"), 1'700'000'000},
      {Number("1700000000.9"), 1'700'000'000},
      {Number("17e8"), 1'700'000'000},
      {Number("9223372036854775807"), INT64_MAX},
      {Number("9223372036854775808"), std::nullopt},
      {Number("1e100"), std::nullopt},
      {Number("0"), std::nullopt},
      {Number("0.5"), std::nullopt},
      {Number("-1700000000"), std::nullopt},
      {"1700000000", std::nullopt},
      {model::NumberSet{{model::Number(1'700'000'000)}}, std::nullopt},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(ExpiryOf({{"pk", "a"}, {"expires", each.value}}, "expires"), each.expiry);
  }
  EXPECT_EQ(ExpiryOf({{"pk", "a"}}, "expires"), std::nullopt);
}

TEST(TtlIndex, ItemsGoWhenTheirSecondIsOverAndStayAfterFiveYears) {
  const base::Micros now = std::chrono::seconds(1'700'000'000);
  EXPECT_EQ(ExpiredAt(now).last, 1'699'999'999);
  EXPECT_EQ(ExpiredAt(now + base::Micros(1)).last, 1'700'000'000);
  EXPECT_EQ(base::Micros(std::chrono::seconds(ExpiredAt(now).first)), now - kOldestExpiry);
  EXPECT_EQ(ExpiredAt(base::Micros(0)).first, 1);
}

TEST(TtlIndex, SortsWhatExpiresFirstToTheUpperEnd) {
  const std::string item_key("\0\0\0\7hashitem\1", 13);
  std::string last(1, '\xFF');
  for (const int64_t expiry : {int64_t{1}, int64_t{255}, int64_t{256}, INT64_MAX}) {
    const std::string key = ExpiryKey(9, expiry, item_key);
    EXPECT_LT(key, last);
    EXPECT_EQ(ExpiryOfKey(key), expiry);
    EXPECT_EQ(ItemKeyOf(key, 7), item_key);
    const KeyRange from = RangeOfExpiries(9, expiry), later = RangeOfExpiries(9, 1000);
    EXPECT_LT(from.low, key);
    EXPECT_LT(key, from.high);
    EXPECT_EQ(key < later.high, expiry >= 1000);
    last = key;
  }
}

}  // namespace
}  // namespace cruddur::engine
