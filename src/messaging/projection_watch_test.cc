#include "messaging/projection_watch.h"

#include <gtest/gtest.h>

#include "base/when_all.h"
#include "messaging/store_fixture.h"

namespace cruddur::messaging {
namespace {

constexpr std::chrono::milliseconds kLong = std::chrono::minutes(10);

// `waiting` ends only by what `announce` does, or in ten minutes.
class ProjectionWatchTest : public testing::Test {
 protected:
  ~ProjectionWatchTest() override { loops_.Stop(); }

  void Expect(std::string conversation, std::string created_at, std::vector<Person> members,
              std::chrono::milliseconds patience = kLong) {
    watch_.Expect(watch_.Take(conversation), std::move(created_at), members, patience);
  }
  std::future<void> Await(const Person& person, size_t loop = 0) {
    return base::asio::co_spawn(loops_.loop(loop), watch_.AwaitRows(person.uuid),
                                base::asio::use_future);
  }

  net::LoopPool loops_{2};
  ProjectionWatch watch_;
};

TEST_F(ProjectionWatchTest, AReaderWaitsForWhatWasExpectedOfItsOwnRows) {
  Expect("c", "2023-03", {kAndrew, kBayko});
  EXPECT_TRUE(watch_.IsBehind());
  Await(kLondo).get();
  auto andrew = Await(kAndrew, 0), bayko = Await(kBayko, 1);
  watch_.Announce("c", "2023-02");
  watch_.Announce("another", "2023-04");
  EXPECT_TRUE(watch_.IsBehind());
  EXPECT_EQ(andrew.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  watch_.Announce("c", "2023-03");
  andrew.get();
  bayko.get();
  EXPECT_FALSE(watch_.IsBehind());
}

TEST_F(ProjectionWatchTest, NobodyWaitsForWhatWasAnnouncedBeforeItWasExpected) {
  const auto ticket = watch_.Take("c");
  watch_.Announce("c", "2023-04");
  watch_.Expect(ticket, "2023-03", {kAndrew}, kLong);
  EXPECT_FALSE(watch_.IsBehind());
  Await(kAndrew).get();
}

TEST_F(ProjectionWatchTest, AWriterWaitsForItsOwnMessage) {
  const auto ticket = watch_.Take("c");
  watch_.Expect(ticket, "2023-03", {kAndrew}, kLong);
  auto writer =
      base::asio::co_spawn(loops_.loop(0), ProjectionWatch::Wait(ticket), base::asio::use_future);
  watch_.Announce("c", "2023-03");
  writer.get();
}

TEST_F(ProjectionWatchTest, PatienceEnds) {
  Expect("c", "2023-03", {kAndrew}, std::chrono::milliseconds(1));
  Await(kAndrew).get();
  // And what nobody announces goes when more is expected.
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  Expect("d", "2023-03", {kAndrew});
  EXPECT_EQ(watch_.expected(), 1u);
}

TEST_F(ProjectionWatchTest, KeepsABoundedNumberAUser) {
  for (int i = 0; i < 1'000; ++i) Expect("c" + std::to_string(i), "2023-03", {kAndrew});
  EXPECT_EQ(watch_.expected(), 64u);
  for (int i = 0; i < 1'000; ++i) watch_.Announce("c" + std::to_string(i), "2023-03");
  EXPECT_FALSE(watch_.IsBehind());
}

TEST_F(ProjectionWatchTest, EndsEveryWaitWhoeverAnnouncesWhen) {
  constexpr int kRounds = 2'000;
  const auto time = [](int i) { return "2023-" + std::to_string(10'000 + i); };
  std::atomic<int> stored{0};  // a message is projected after it was stored
  std::thread announcer([&] {
    for (int i = 0; i < kRounds; i = stored.load()) watch_.Announce("c", time(i));
    watch_.Announce("c", time(kRounds));
  });
  for (int i = 1; i <= kRounds; ++i) {
    const auto ticket = watch_.Take("c");
    stored.store(i);
    watch_.Expect(ticket, time(i), {kAndrew, kBayko}, kLong);
    if (i % 10 == 0)
      Await(i % 20 == 0 ? kAndrew : kBayko, static_cast<size_t>(i / 10 % 3 % 2)).get();
  }
  announcer.join();
  EXPECT_FALSE(watch_.IsBehind());
}

}  // namespace
}  // namespace cruddur::messaging
