#include "accounts/address_limiter.h"

#include <gtest/gtest.h>

namespace cruddur::accounts {
namespace {

using std::chrono::milliseconds;

TEST(AddressLimiter, LetsABurstPassAndThenItsRate) {
  base::ManualClock clock{base::Micros(1'000'000'000)};
  AddressLimiter limiter(2, 3, clock);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.Take("10.0.0.1"), 0);
  EXPECT_EQ(limiter.Take("10.0.0.1"), 1);
  EXPECT_EQ(limiter.Take("10.0.0.2"), 0) << "another address";
  clock.Advance(milliseconds(500));
  EXPECT_EQ(limiter.Take("10.0.0.1"), 0);
  EXPECT_EQ(limiter.Take("10.0.0.1"), 1);
  clock.Advance(std::chrono::hours(1));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.Take("10.0.0.1"), 0);
  EXPECT_EQ(limiter.Take("10.0.0.1"), 1) << "the burst isn't saved up";
  clock.Set(base::Micros(0));
  EXPECT_EQ(limiter.Take("10.0.0.1"), 1) << "a clock that goes back gives nothing";
}

TEST(AddressLimiter, TakesANetworkOfIpv6ForOne) {
  base::ManualClock clock{base::Micros(1'000'000'000)};
  AddressLimiter limiter(1, 1, clock);
  EXPECT_EQ(limiter.Take("2001:db8::1"), 0);
  EXPECT_EQ(limiter.Take("2001:db8::2"), 1);
  EXPECT_EQ(limiter.Take("2001:db8:0:1::1"), 0);
  EXPECT_EQ(limiter.Take("::ffff:10.0.0.1"), 0);
  EXPECT_EQ(limiter.Take("::ffff:10.0.0.2"), 0) << "IPv4 in IPv6's clothes";
  EXPECT_EQ(limiter.Take("10.0.0.2"), 1) << "which is the same";
}

TEST(AddressLimiter, OfRateZeroLimitsNothing) {
  base::ManualClock clock{base::Micros(0)};
  AddressLimiter limiter(0, 1, clock);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limiter.Take("10.0.0.1"), 0);
}

}  // namespace
}  // namespace cruddur::accounts
