// Going over the conversation records, as after the loss of stream records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "messaging/interruption_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

class ProjectionPage : public ::testing::TestWithParam<StoreKind> {
 protected:
  void Put(model::Item item) {
    model::PutItemRequest request;
    request.table = store.table();
    request.item = std::move(item);
    ASSERT_TRUE(store.Run(store.client().PutItem(std::move(request))));
  }
  // A conversation whose rows show "first" although there is a newer message.
  std::string Behind(const Person& one, const Person& other) {
    const Message first = app.Start(one, other, "first").value();
    Message newest = first;
    newest.created_at = "2030-01-01T00:00:00.000000+00:00";
    newest.text = "newest";
    Put(ItemOf(newest));
    return first.conversation_uuid;
  }
  // The number of pages.
  int ProjectAll() {
    int pages = 0;
    model::Item after;
    do {
      auto next = store.Run(app.service.projection().ProjectPage(std::move(after)));
      EXPECT_TRUE(next) << next.error().message;
      after = next.value_or(model::Item());
      ++pages;
    } while (!after.empty());
    return pages;
  }

  TestStore store{GetParam()};
  TestService app{store};
};

INSTANTIATE_TEST_SUITE_P(Stores, ProjectionPage, ::testing::ValuesIn(TestedStores()),
                         [](const auto& info) { return NameOf(info.param); });

TEST_P(ProjectionPage, BringsEveryConversationUpToItsNewestMessage) {
  const std::string one = Behind(kAndrew, kBayko), two = Behind(kLondo, kBayko);
  const Message settled = app.Start(kAndrew, kLondo, "newest").value();
  // Neither of these may hold the others up: a record of a conversation without messages, one with
  // a member that can have no row, and an item behind the newest message that isn't one.
  Put(ItemOf(Conversation{.uuid = "empty", .members = {kAndrew, kBayko}}));
  Put(ItemOf(Conversation{.uuid = "odd", .members = {{std::string(2'100, 'u'), "", ""}}}));
  Put(ItemOf(Message{"odd", "2030-01-01T00:00:00.000000+00:00", "m", "text", kAndrew}));
  Put(Key(MessagePartition(one), "zzz"));
  ProjectAll();
  const TableContent content = ReadTable(store);
  ExpectSettled(content, two, {kLondo, kBayko});
  ExpectSettled(content, settled.conversation_uuid, {kAndrew, kLondo});
  for (const Person& member : {kAndrew, kBayko}) {
    const auto rows = content.RowsOf(one, member.uuid);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].text, "newest");
  }
  EXPECT_EQ(app.service.projection().given_up(), 1u);
}

TEST_P(ProjectionPage, SaysWhenTheStoreIsAway) {
  Behind(kAndrew, kBayko);
  InterruptedClient away(store.client(), [](int, std::string_view key) {
    return key.starts_with("GRP#") ? Fate::kFails : Fate::kPasses;
  });
  TestService failing(store, &away);
  EXPECT_FALSE(store.Run(failing.service.projection().ProjectPage({})));
}

TEST(ProjectionPages, AreBoundedHoweverLargeTheTableIs) {
  TestStore store(StoreKind::kEngine);
  TestService app(store);
  const std::string conversation = app.Start(kAndrew, kBayko, "first")->conversation_uuid;
  for (int i = 0; i < 2'500; ++i) ASSERT_TRUE(app.Send(kAndrew, conversation, "more"));
  int calls = 0;
  model::Item after;
  do {
    after = store.Run(app.service.projection().ProjectPage(std::move(after))).value();
    ++calls;
  } while (!after.empty());
  EXPECT_GE(calls, 3);
  ExpectSettled(ReadTable(store), conversation, {kAndrew, kBayko});
}

}  // namespace
}  // namespace cruddur::messaging
