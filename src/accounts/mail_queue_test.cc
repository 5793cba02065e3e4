#include "accounts/mail_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <latch>
#include <semaphore>
#include <vector>

namespace cruddur::accounts {
namespace {

using std::chrono::milliseconds;

constexpr MailQueueOptions kQuick{.first_pause = milliseconds(1)};

Mail To(const std::string& name) { return {.to = name + "@example.com", .username = name}; }

TEST(MailQueue, TriesAgainUntilAMailIsSent) {
  std::binary_semaphore sent(0);
  int attempts = 0;
  {
    MailQueue queue(
        [&](const Mail& mail, const std::atomic<bool>&) -> base::Status {
          EXPECT_EQ(mail.to, "londo@example.com");
          if (++attempts < 4) return base::Fail(base::ErrorCode::kUnavailable, "away");
          sent.release();
          return {};
        },
        kQuick);
    ASSERT_TRUE(queue.Deliver(To("londo")));
    sent.acquire();
  }
  EXPECT_EQ(attempts, 4);
}

TEST(MailQueue, GivesUpInTheEndAndAtOnceWhereNothingElseHelps) {
  std::vector<std::string> tried;
  std::latch last(1);
  {
    MailQueue queue(
        [&](const Mail& mail, const std::atomic<bool>&) -> base::Status {
          tried.push_back(mail.username);
          if (mail.username == "last") {
            last.count_down();
            return {};
          }
          if (std::ranges::count(tried, "away") == 6) last.count_down();
          return base::Fail(mail.username == "away" ? base::ErrorCode::kUnavailable
                                                    : base::ErrorCode::kInvalidArgument,
                            "of a test");
        },
        kQuick);
    ASSERT_TRUE(queue.Deliver(To("nowhere")));
    ASSERT_TRUE(queue.Deliver(To("away")));
    last.wait();
  }
  EXPECT_EQ(std::ranges::count(tried, "nowhere"), 1);
  EXPECT_EQ(std::ranges::count(tried, "away"), 6);
}

TEST(MailQueue, DoesntWaitForASlowServerAndIsBounded) {
  std::binary_semaphore begun(0), go_on(0);
  std::vector<std::string> sent;
  {
    MailQueue queue(
        [&](const Mail& mail, const std::atomic<bool>&) -> base::Status {
          begun.release();
          go_on.acquire();
          sent.push_back(mail.username);
          go_on.release();
          return {};
        },
        {.capacity = 2, .stop_grace = std::chrono::minutes(1)});
    ASSERT_TRUE(queue.Deliver(To("slow")));
    begun.acquire();  // the sender hangs: Deliver doesn't
    EXPECT_TRUE(queue.Deliver(To("second")));
    EXPECT_TRUE(queue.Deliver(To("third")));
    EXPECT_EQ(queue.Deliver(To("fourth")).error().code, base::ErrorCode::kResourceExhausted);
    go_on.release();
  }
  EXPECT_EQ(sent, (std::vector<std::string>{"slow", "second", "third"}))
      << "a stop sends what waits";
}

TEST(MailQueue, StopsThoughTheServerHangs) {
  std::binary_semaphore begun(0);
  bool hurried = false;
  {
    MailQueue queue(
        [&](const Mail&, const std::atomic<bool>& hurry) -> base::Status {
          begun.release();
          while (!hurry) std::this_thread::yield();
          hurried = true;
          return base::Fail(base::ErrorCode::kUnavailable, "given up");
        },
        {.stop_grace = milliseconds(1)});
    ASSERT_TRUE(queue.Deliver(To("slow")));
    begun.acquire();
    ASSERT_TRUE(queue.Deliver(To("behind it")));
  }
  EXPECT_TRUE(hurried);
}

}  // namespace
}  // namespace cruddur::accounts
