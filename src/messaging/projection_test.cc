// Pattern E, on every store, moving rows step by step and in transactions.
#include "messaging/projection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/timestamp.h"
#include "messaging/interruption_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

using base::FormatTimestamp;
using base::Micros;
using model::StreamEventName;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kConversation = "11111111-0000-4000-8000-000000000001";

std::string At(int second) {
  return FormatTimestamp(Micros(1'700'000'000'000'000 + second * 1'000'000));
}

Message Said(const Person& who, int second, std::string text) {
  return {std::string(kConversation), At(second), "m" + std::to_string(second), std::move(text),
          who};
}

class ProjectionTest : public ::testing::TestWithParam<std::tuple<StoreKind, bool>> {
 protected:
  static ServiceOptions Options(bool transactions) {
    ServiceOptions options = TestService::Inline();
    options.projection.transactions = transactions;
    return options;
  }

  void Put(model::Item item) {
    model::PutItemRequest request;
    request.table = store.table();
    request.item = std::move(item);
    ASSERT_TRUE(store.Run(store.client().PutItem(std::move(request))));
  }
  void Delete(std::string pk, std::string_view sk) {
    model::DeleteItemRequest request;
    request.table = store.table();
    request.key = Key(std::move(pk), sk);
    ASSERT_TRUE(store.Run(store.client().DeleteItem(std::move(request))));
  }
  // Andrew's and Bayko's conversation with the messages at seconds 0 to `last`, rows at `shown`.
  void Prepare(int last, int shown) {
    for (int i = 0; i <= last; ++i) Put(ItemOf(Said(kAndrew, i, std::to_string(i))));
    Put(ItemOf(Conversation{.uuid = std::string(kConversation),
                            .members = {kAndrew, kBayko},
                            .created_at = At(0),
                            .last_message_at = At(shown)}));
    Put(Row(kAndrew, kBayko, shown));
    Put(Row(kBayko, kAndrew, shown));
  }
  model::Item Row(const Person& member, const Person& other, int second,
                  std::string_view conversation = kConversation) {
    return ItemOf(ConversationRow{member.uuid, At(second), std::string(conversation),
                                  std::to_string(second), other, ""});
  }
  model::StreamRecord New(int second, int number) {
    return RecordOf(ItemOf(Said(kAndrew, second, std::to_string(second))), std::to_string(number));
  }
  std::vector<std::string> Handle(const std::vector<model::StreamRecord>& records,
                                  Delivery delivery = Delivery::kPerhapsRepeated) {
    return store.Run(app.service.projection().Handle(records, delivery));
  }
  void ExpectAllSettled() { ExpectSettled(ReadTable(store), kConversation, {kAndrew, kBayko}); }

  TestStore store{std::get<0>(GetParam())};
  TestService app{store, nullptr, Options(std::get<1>(GetParam()))};
};

// dynalite has no transactions.
std::vector<std::tuple<StoreKind, bool>> Settings() {
  std::vector<std::tuple<StoreKind, bool>> settings;
  for (const StoreKind kind : TestedStores()) {
    settings.emplace_back(kind, false);
    if (kind != StoreKind::kDynalite) settings.emplace_back(kind, true);
  }
  return settings;
}

INSTANTIATE_TEST_SUITE_P(Stores, ProjectionTest, ::testing::ValuesIn(Settings()),
                         [](const auto& info) {
                           return NameOf(std::get<0>(info.param)) +
                                  (std::get<1>(info.param) ? "AtOnce" : "StepByStep");
                         });

TEST_P(ProjectionTest, MovesBothRowsToTheNewestMessageOfABatch) {
  Prepare(3, 0);
  EXPECT_THAT(Handle({New(2, 1), New(3, 2), New(1, 3)}), IsEmpty());
  ExpectAllSettled();
}

TEST_P(ProjectionTest, MovesOnTheFirstDelivery) {
  Prepare(2, 0);
  EXPECT_THAT(Handle({New(1, 1)}, Delivery::kFirst), IsEmpty());
  EXPECT_THAT(Handle({New(2, 2)}, Delivery::kFirst), IsEmpty());
  ExpectAllSettled();
}

TEST_P(ProjectionTest, DoesNothingAboutWhatItHasSeen) {
  Prepare(3, 3);
  const auto before = ReadTable(store).rows;
  for (const int again : {3, 1, 0, 2}) {
    EXPECT_THAT(Handle({New(again, 1)}), IsEmpty());
    EXPECT_EQ(ReadTable(store).rows, before);
  }
}

TEST_P(ProjectionTest, LooksOnlyAtNewMessages) {
  Prepare(3, 2);
  const auto before = ReadTable(store).rows;
  model::StreamRecord removed =
      RecordOf(ItemOf(Said(kAndrew, 3, "3")), "1", StreamEventName::kRemove);
  model::StreamRecord row = RecordOf(Row(kAndrew, kBayko, 3), "2");
  model::StreamRecord odd = RecordOf(Key("MSG#" + std::string(kConversation), "zzz"), "3");
  EXPECT_THAT(Handle({removed, row, odd}), IsEmpty());
  EXPECT_EQ(ReadTable(store).rows, before);
}

TEST_P(ProjectionTest, FetchesTheMessageWhereTheStreamHasKeysOnly) {
  Prepare(1, 0);
  model::StreamRecord record = New(1, 1);
  record.new_image.reset();
  EXPECT_THAT(Handle({record}), IsEmpty());
  ExpectAllSettled();
}

TEST_P(ProjectionTest, RemovesTheOlderOfTwoRowsThatACrashLeft) {
  Prepare(2, 2);
  Put(Row(kAndrew, kBayko, 1));
  Put(Row(kBayko, kAndrew, 0));
  EXPECT_THAT(app.Conversations(kAndrew)->items, SizeIs(1));
  EXPECT_EQ(app.Conversations(kAndrew)->items[0].text, "2");
  EXPECT_THAT(Handle({New(2, 1)}), IsEmpty());
  ExpectAllSettled();
}

TEST_P(ProjectionTest, FindsTheLeftoverOfAMessageThatIsNotTheNewestOfItsBatch) {
  Prepare(2, 0);
  Put(Row(kAndrew, kBayko, 1));  // a projection of message 1 was cut off here
  EXPECT_THAT(Handle({New(1, 1), New(2, 2)}), IsEmpty());
  ExpectAllSettled();
}

TEST_P(ProjectionTest, PutsAMissingRowBack) {
  Prepare(2, 2);
  Delete(RowPartition(kBayko.uuid), At(2));
  EXPECT_THAT(Handle({New(2, 1)}), IsEmpty());
  ExpectAllSettled();
}

TEST_P(ProjectionTest, FindsRowsThatAreNotWhereTheGuardSays) {
  Prepare(2, 0);
  for (const auto& [member, other] : {std::pair(kAndrew, kBayko), std::pair(kBayko, kAndrew)}) {
    Delete(RowPartition(member.uuid), At(0));  // older code's handler has moved them
    Put(Row(member, other, 1));
  }
  EXPECT_THAT(Handle({New(2, 1)}, Delivery::kFirst), IsEmpty());
  ExpectAllSettled();
}

TEST_P(ProjectionTest, GivesRowsOfOneMemberDifferentKeys) {
  Prepare(1, 0);
  // Bayko has another conversation whose last message was at that very microsecond.
  const std::string other = "22222222-0000-4000-8000-000000000002";
  Put(Row(kBayko, kLondo, 1, other));
  EXPECT_THAT(Handle({New(1, 1)}), IsEmpty());
  ExpectAllSettled();
  const auto rows = ReadTable(store).RowsOf(kConversation, kBayko.uuid);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].sort_key, "2023-11-14T22:13:21.000001+00:00");
  EXPECT_EQ(rows[0].last_message_at(), At(1));
  EXPECT_THAT(app.Conversations(kBayko)->items, SizeIs(2));

  // The next message finds the row where it is, and so does one that is only a microsecond later.
  Message soon = Said(kAndrew, 1, "soon");
  soon.created_at = "2023-11-14T22:13:21.000001+00:00";
  Put(ItemOf(soon));
  EXPECT_THAT(Handle({RecordOf(ItemOf(soon), "2")}, Delivery::kFirst), IsEmpty());
  ExpectAllSettled();
  Put(ItemOf(Said(kAndrew, 2, "2")));
  EXPECT_THAT(Handle({New(2, 3)}, Delivery::kFirst), IsEmpty());
  ExpectAllSettled();
  EXPECT_THAT(ReadTable(store).RowsOf(other, kBayko.uuid), SizeIs(1));
}

TEST_P(ProjectionTest, KeepsUpConversationsOfOlderCode) {
  // No record, no pair; local times without fractions.
  Message old = Said(kAndrew, 0, "old");
  old.created_at = "2023-03-24T11:45:01+02:00";
  Put(ItemOf(old));
  for (const auto& [member, other] : {std::pair(kAndrew, kBayko), std::pair(kBayko, kAndrew)}) {
    Put(ItemOf(ConversationRow{member.uuid, old.created_at, std::string(kConversation), "old",
                               other, ""}));
  }
  EXPECT_THAT(app.Messages(kBayko, std::string(kConversation))->items, ElementsAre(old));
  EXPECT_FALSE(app.Messages(kLondo, std::string(kConversation)));

  const Message sent = app.Send(kBayko, std::string(kConversation), "new").value();
  EXPECT_GT(sent.created_at, old.created_at);
  ExpectAllSettled();
  EXPECT_THAT(app.Messages(kAndrew, std::string(kConversation))->items, ElementsAre(old, sent));
  // Starting it is going on with it.
  EXPECT_EQ(app.Start(kAndrew, kBayko, "more")->conversation_uuid, kConversation);
  ExpectAllSettled();
}

TEST_P(ProjectionTest, AdoptsAConversationOfWhichOlderCodeLostARow) {
  Message old = Said(kAndrew, 0, "old");
  Put(ItemOf(old));
  Put(Row(kAndrew, kBayko, 0));  // the recipient's was among the UnprocessedItems
  const Message sent = app.Start(kBayko, kAndrew, "who is it?").value();
  EXPECT_EQ(sent.conversation_uuid, kConversation);
  ExpectAllSettled();
}

TEST_P(ProjectionTest, ReportsWhatFailedAndGoesOnWithTheRest) {
  Prepare(1, 0);
  const Message other = app.Start(kLondo, kBayko, "first").value();
  Message newer = other;
  newer.created_at = At(9);
  newer.text = "second";
  Put(ItemOf(newer));
  InterruptedClient client(store.client(), [](int, std::string_view key) {
    return key == RecordPartition(kConversation) ? Fate::kFails : Fate::kPasses;
  });
  TestService failing(store, &client, Options(std::get<1>(GetParam())));
  const std::vector<model::StreamRecord> batch{New(0, 1), RecordOf(ItemOf(newer), "2"), New(1, 3)};
  EXPECT_THAT(store.Run(failing.service.projection().Handle(batch, Delivery::kPerhapsRepeated)),
              ElementsAre("1", "3"));
  ExpectSettled(ReadTable(store), other.conversation_uuid, {kLondo, kBayko});
  EXPECT_THAT(Handle(batch), IsEmpty());
  ExpectAllSettled();
}

TEST_P(ProjectionTest, NeverLetsAReaderMissTheConversation) {
  Prepare(40, 0);
  std::atomic<bool> done{false};
  std::atomic<int> missing{0}, doubled{0}, back{0};
  std::thread reader([&] {
    TestService readers(store);
    std::string newest;
    while (!done) {
      const auto rows = store.Run(readers.service.ListConversations(kBayko.uuid, {}), 1).value();
      missing += rows.items.empty();
      doubled += rows.items.size() > 1;
      if (rows.items.empty()) continue;
      back += rows.items[0].last_message_at() < newest;
      newest = rows.items[0].last_message_at();
    }
  });
  for (int i = 1; i <= 40; ++i) {
    ASSERT_THAT(Handle({New(i, i)}, i % 2 ? Delivery::kFirst : Delivery::kPerhapsRepeated),
                IsEmpty());
  }
  done = true;
  reader.join();
  EXPECT_EQ(missing, 0);
  EXPECT_EQ(doubled, 0);
  EXPECT_EQ(back, 0);
  ExpectAllSettled();
}

}  // namespace
}  // namespace cruddur::messaging
