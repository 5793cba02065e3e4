#include "messaging/newest_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/interruption_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

using testing::Eq;
using testing::Optional;

TEST(NewestTimes, KnowsNothingUnlessEveryCommitIsTold) {
  NewestTimes times(1'000);
  const auto found = times.Find("c");
  times.Learn("c", found.watch, "2023");
  EXPECT_THAT(times.Find("c").newest, Eq(std::nullopt));
}

TEST(NewestTimes, CountsWhatIsStoredWhileTheStoreIsAsked) {
  NewestTimes times(1'000);
  times.SetExact(true);
  const auto found = times.Find("c");
  EXPECT_THAT(found.newest, Eq(std::nullopt));
  times.Stored("c", "2024");
  times.Stored("another", "2025");
  EXPECT_THAT(times.Find("c").newest, Eq(std::nullopt)) << "the store hasn't answered yet";
  times.Learn("c", found.watch, "2023");
  EXPECT_THAT(times.Find("c").newest, Optional(Eq("2024")));
  times.Stored("c", "2022");
  EXPECT_THAT(times.Find("c").newest, Optional(Eq("2024")));
}

TEST(NewestTimes, DoesntLearnFromAQuestionOlderThanItsWatch) {
  NewestTimes times(1'000);
  times.SetExact(true);
  const auto before = times.Find("c");
  times.Deleted("c");
  const auto after = times.Find("c");
  times.Learn("c", before.watch, "2023");
  EXPECT_THAT(times.Find("c").newest, Eq(std::nullopt));
  times.Learn("c", after.watch, "");
  EXPECT_THAT(times.Find("c").newest, Optional(Eq("")));
  times.SetExact(true);
  EXPECT_THAT(times.Find("c").newest, Eq(std::nullopt)) << "another table";
}

// A service that sees the commits of its table, as the server's does.
struct WatchedService {
  WatchedService() { app.service.SetStreamed(true); }

  std::string Send() {
    const auto sent = app.Send(kAndrew, conversation, "text");
    return sent ? sent->created_at : sent.error().message;
  }

  TestStore store{StoreKind::kEngine};
  InterruptedClient client{store.client(), [](int, std::string_view) { return Fate::kPasses; }};
  TestService app{store, &client, [] {
                    ServiceOptions options;
                    options.writer.projection_patience = std::chrono::milliseconds(0);
                    return options;
                  }()};
  std::shared_ptr<void> subscription = store.engine().Subscribe(
      std::string(kTableName),
      [this](const engine::CommittedRecords& commit) { app.service.SeeCommit(commit.records); });
  const std::string conversation = app.Start(kAndrew, kBayko, "first")->conversation_uuid;
};

TEST(NewestTimes, SavesTheQuestionAfterTheFirst) {
  WatchedService watched;
  watched.Send();
  const int before = watched.client.calls();
  const std::string one = watched.Send();
  const std::string other = watched.Send();
  EXPECT_EQ(watched.client.calls() - before, 2) << "two puts, and no query";
  EXPECT_LT(one, other);
}

TEST(NewestTimes, CountsWhatOthersPutAndDelete) {
  WatchedService watched;
  const std::string first = watched.Send();
  const std::string ahead = "2023-05-01T00:00:00.000000+00:00";
  const Message others{.conversation_uuid = watched.conversation,
                       .created_at = ahead,
                       .uuid = base::NewUuid(),
                       .text = "from a clock that runs ahead",
                       .sender = kBayko};
  model::PutItemRequest put;
  put.table = kTableName;
  put.item = ItemOf(others);
  ASSERT_TRUE(watched.store.Run(watched.store.client().PutItem(put)));
  EXPECT_EQ(watched.Send(), "2023-05-01T00:00:00.000001+00:00");

  for (const std::string_view key : {"2023-05-01T00:00:00.000001+00:00", ahead.c_str()}) {
    model::DeleteItemRequest remove;
    remove.table = kTableName;
    remove.key = Key(MessagePartition(watched.conversation), key);
    ASSERT_TRUE(watched.store.Run(watched.store.client().DeleteItem(remove)));
  }
  const std::string next = watched.Send();
  EXPECT_LT(first, next);
  EXPECT_LT(next, ahead);
}

}  // namespace
}  // namespace cruddur::messaging
