#include "engine/throttle.h"

#include <gtest/gtest.h>

namespace cruddur::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ThrottleTest : public testing::Test {
 protected:
  static constexpr double kRate = 2;

  // How many requests of `units` are admitted, one right after the other.
  int CountAdmitted(double units, double rate = kRate) {
    int count = 0;
    for (; throttle.Admits(UnitKind::kWrite, rate); ++count) {
      throttle.Charge(UnitKind::kWrite, rate, units);
    }
    return count;
  }

  base::ManualClock clock{seconds(1'700'000'000)};
  Throttle throttle{clock};
};

TEST_F(ThrottleTest, BeginsWithThreeHundredSecondsOfBurst) {
  EXPECT_EQ(CountAdmitted(1), 600);
  EXPECT_TRUE(throttle.Admits(UnitKind::kRead, kRate)) << "reads are counted apart";
}

TEST_F(ThrottleTest, FillsAtTheProvisionedRate) {
  CountAdmitted(1);
  clock.Advance(seconds(1));
  EXPECT_EQ(CountAdmitted(1), 2);
  clock.Advance(seconds(10));
  EXPECT_EQ(CountAdmitted(0.5), 40);
}

TEST_F(ThrottleTest, KeepsNoMoreThanTheBurst) {
  CountAdmitted(1);
  clock.Advance(seconds(100'000));
  EXPECT_EQ(CountAdmitted(1), 600);
}

TEST_F(ThrottleTest, LetsALargeRequestThroughAndTheNextOnesWait) {
  EXPECT_EQ(CountAdmitted(700), 1);
  clock.Advance(seconds(50));
  EXPECT_EQ(CountAdmitted(1), 0);
  clock.Advance(milliseconds(500));
  EXPECT_EQ(CountAdmitted(1), 1);
}

TEST_F(ThrottleTest, FollowsTheProvisionedRate) {
  CountAdmitted(1);
  EXPECT_EQ(CountAdmitted(1, 100), 0);
  clock.Advance(seconds(1));
  EXPECT_EQ(CountAdmitted(1, 100), 100);
  clock.Advance(seconds(300));
  EXPECT_EQ(CountAdmitted(1, 1), 300) << "the burst of a lower rate is smaller";
}

TEST_F(ThrottleTest, ANewRateDoesNotCountBackwards) {
  CountAdmitted(1);
  clock.Advance(seconds(10));
  EXPECT_EQ(CountAdmitted(1, 100), 20);
  clock.Advance(seconds(100'000));
  CountAdmitted(1, 100);
  clock.Advance(seconds(2));
  EXPECT_EQ(CountAdmitted(1, 1), 200);
  CountAdmitted(1);
  clock.Advance(seconds(100'000));
  EXPECT_EQ(CountAdmitted(1, 100), 600) << "the burst is that of the rate that filled it";
}

TEST_F(ThrottleTest, TakesAClockThatIsSetBackForOneThatStands) {
  CountAdmitted(1);
  clock.Advance(seconds(-3600));
  EXPECT_EQ(CountAdmitted(1), 0);
  clock.Advance(seconds(1));
  EXPECT_EQ(CountAdmitted(1), 2);
}

}  // namespace
}  // namespace cruddur::engine
