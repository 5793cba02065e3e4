// The faults of the first system (spec section 12) that belong to this module, each on every store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/timestamp.h"
#include "messaging/interruption_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

using base::ErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

class Faults : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetTime(std::string_view text) { app.clock.Set(base::ParseTimestamp(text).value()); }
  std::vector<std::string> Texts(const Person& who, const std::string& conversation) {
    std::vector<std::string> texts;
    for (const Message& m : app.Messages(who, conversation).value().items) texts.push_back(m.text);
    return texts;
  }

  TestStore store{GetParam()};
  TestService app{store};
};
// A suite for each fault, so that tests are named after it.
#define FAULT_ON_ALL_STORES(fault)                                             \
  class fault : public Faults {};                                              \
  INSTANTIATE_TEST_SUITE_P(Stores, fault, ::testing::ValuesIn(TestedStores()), \
                           [](const auto& info) { return NameOf(info.param); })
FAULT_ON_ALL_STORES(Fault01);
FAULT_ON_ALL_STORES(Fault02);
FAULT_ON_ALL_STORES(Fault03);
FAULT_ON_ALL_STORES(Fault04);
FAULT_ON_ALL_STORES(Fault05);
FAULT_ON_ALL_STORES(Fault06);
FAULT_ON_ALL_STORES(Fault07);
FAULT_ON_ALL_STORES(Fault08);
FAULT_ON_ALL_STORES(Fault12);
FAULT_ON_ALL_STORES(Fault13);
FAULT_ON_ALL_STORES(Fault14);

TEST_P(Fault01, YearBoundaryHidesNothing) {
  SetTime("2023-12-31T23:59:59.999999+00:00");
  const std::string conversation = app.Start(kAndrew, kBayko, "old year")->conversation_uuid;
  SetTime("2024-01-01T00:00:00.000000+00:00");
  ASSERT_TRUE(app.Send(kBayko, conversation, "new year"));
  SetTime("2031-06-01T00:00:00.000000+00:00");
  EXPECT_THAT(Texts(kAndrew, conversation), ElementsAre("old year", "new year"));
  for (const Person& who : {kAndrew, kBayko}) {
    EXPECT_THAT(app.Conversations(who)->items, SizeIs(1)) << who.handle;
  }
}

TEST_P(Fault02, SameMicrosecondOverwritesNeitherMessagesNorConversations) {
  // The clock stands still for all of it.
  const std::string with_bayko = app.Start(kAndrew, kBayko, "1")->conversation_uuid;
  const std::string with_londo = app.Start(kAndrew, kLondo, "2")->conversation_uuid;
  ASSERT_TRUE(app.Send(kAndrew, with_bayko, "3"));
  ASSERT_TRUE(app.Send(kAndrew, with_londo, "4"));
  ASSERT_TRUE(app.Send(kBayko, with_bayko, "5"));
  EXPECT_THAT(Texts(kAndrew, with_bayko), ElementsAre("1", "3", "5"));
  EXPECT_THAT(Texts(kAndrew, with_londo), ElementsAre("2", "4"));
  EXPECT_THAT(app.Conversations(kAndrew)->items, SizeIs(2));
  EXPECT_THAT(app.Conversations(kBayko)->items, SizeIs(1));
  EXPECT_THAT(app.Conversations(kLondo)->items, SizeIs(1));
}

TEST_P(Fault03, RecipientSeesTheConversationThoughTheStoreHasNoTransactions) {
  InterruptedClient client(
      store.client(), [](int, std::string_view) { return Fate::kPasses; }, false);
  TestService plain(store, &client);
  const std::string conversation = plain.Start(kAndrew, kBayko, "hello")->conversation_uuid;
  EXPECT_THAT(Texts(kBayko, conversation), ElementsAre("hello"));
  ExpectSettled(ReadTable(store), conversation, {kAndrew, kBayko});
}

TEST_P(Fault03, NoStartIsAcknowledgedBeforeTheRecipientHasARow) {
  InterruptedClient client(
      store.client(),
      [](int, std::string_view key) {
        return key == RowPartition(kBayko.uuid) ? Fate::kFails : Fate::kPasses;
      },
      false);
  ServiceOptions options = TestService::Inline();
  options.writer.deadline = std::chrono::milliseconds(1);
  TestService plain(store, &client, options);
  EXPECT_EQ(plain.Start(kAndrew, kBayko, "hello").error().code, ErrorCode::kUnavailable);
  ASSERT_TRUE(app.Start(kAndrew, kBayko, "hello?"));
  EXPECT_THAT(app.Conversations(kBayko)->items, SizeIs(1));
  EXPECT_THAT(ReadTable(store).records, SizeIs(1));
}

TEST_P(Fault04, TheSameTwoHaveOneConversation) {
  const std::string conversation = app.Start(kAndrew, kBayko, "1")->conversation_uuid;
  EXPECT_EQ(app.Start(kAndrew, kBayko, "2")->conversation_uuid, conversation);
  EXPECT_EQ(app.Start(kBayko, kAndrew, "3")->conversation_uuid, conversation);
  EXPECT_THAT(Texts(kAndrew, conversation), ElementsAre("1", "2", "3"));
  EXPECT_THAT(app.Conversations(kBayko)->items, SizeIs(1));
}

TEST_P(Fault04, ARepetitionAfterALostAnswerDoublesNothing) {
  const std::string conversation = app.Start(kAndrew, kBayko, "1")->conversation_uuid;
  int puts = 0;
  InterruptedClient client(store.client(), [&](int, std::string_view key) {
    return key.starts_with("MSG#") && ++puts == 1 ? Fate::kLost : Fate::kPasses;
  });
  TestService lossy(store, &client);
  const auto sent = lossy.Send(kAndrew, conversation, "2");
  ASSERT_TRUE(sent);
  EXPECT_THAT(Texts(kAndrew, conversation), ElementsAre("1", "2"));
}

TEST_P(Fault05, SortKeysAreUtcWithSixDigitsAlways) {
  // The repeated hour at the end of summer time: 02:30 in Berlin, twice.
  SetTime("2023-10-29T02:30:00+02:00");
  const std::string conversation = app.Start(kAndrew, kBayko, "summer")->conversation_uuid;
  SetTime("2023-10-29T02:30:00+01:00");
  ASSERT_TRUE(app.Send(kBayko, conversation, "winter"));
  EXPECT_THAT(Texts(kAndrew, conversation), ElementsAre("summer", "winter"));
  const TableContent content = ReadTable(store);
  const char* const pattern =
      "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}\\+00:00";
  for (const Message& message : content.messages) {
    EXPECT_THAT(message.created_at, MatchesRegex(pattern));
  }
  for (const ConversationRow& row : content.rows) EXPECT_THAT(row.sort_key, MatchesRegex(pattern));
  EXPECT_EQ(content.messages[0].created_at, "2023-10-29T00:30:00.000000+00:00");
}

TEST_P(Fault06, AMessageAnswersItsOwnUuid) {
  const Message started = app.Start(kAndrew, kBayko, "1").value();
  const Message sent = app.Send(kAndrew, started.conversation_uuid, "2").value();
  EXPECT_NE(sent.uuid, kAndrew.uuid);
  EXPECT_NE(sent.uuid, started.uuid);
  EXPECT_EQ(app.Messages(kAndrew, started.conversation_uuid)->items[1].uuid, sent.uuid);
}

TEST_P(Fault07, StrangersNeitherReadNorWrite) {
  const std::string conversation = app.Start(kAndrew, kBayko, "secret")->conversation_uuid;
  const std::string nowhere = "99999999-0000-4000-8000-000000000009";
  for (const std::string& target :
       {conversation, nowhere, std::string(), std::string("CNV"), std::string(5'000, 'x')}) {
    EXPECT_EQ(app.Messages(kLondo, target).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(app.Send(kLondo, target, "hi").error().code, ErrorCode::kNotFound);
  }
  // Also once the conversation is remembered.
  EXPECT_THAT(Texts(kBayko, conversation), ElementsAre("secret"));
  EXPECT_EQ(app.Messages(kLondo, conversation).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(ReadTable(store).messages, SizeIs(1));
}

TEST_P(Fault08, TheWholeBatchCountsWhateverItsFirstRecordIs) {
  const Message first = app.Start(kAndrew, kBayko, "1").value();
  const Message other = app.Start(kAndrew, kLondo, "1").value();
  std::vector<model::StreamRecord> batch;
  batch.push_back(RecordOf(Key(RowPartition(kAndrew.uuid), first.created_at), "1",
                           model::StreamEventName::kRemove));
  for (Message message : {first, other}) {
    message.created_at = "2030-01-01T00:00:00.000000+00:00";
    message.text = "newest";
    model::PutItemRequest put;
    put.table = store.table();
    put.item = ItemOf(message);
    ASSERT_TRUE(store.Run(store.client().PutItem(put)));
    batch.push_back(RecordOf(put.item, std::to_string(batch.size() + 1)));
  }
  Projection& projection = app.service.projection();
  EXPECT_THAT(store.Run(projection.Handle(batch, Delivery::kPerhapsRepeated)), IsEmpty());
  ExpectSettled(ReadTable(store), first.conversation_uuid, {kAndrew, kBayko});
  ExpectSettled(ReadTable(store), other.conversation_uuid, {kAndrew, kLondo});

  // An old record once more: nothing moves back.
  const std::vector<model::StreamRecord> old{RecordOf(ItemOf(first), "9")};
  EXPECT_THAT(store.Run(projection.Handle(old, Delivery::kPerhapsRepeated)), IsEmpty());
  ExpectSettled(ReadTable(store), first.conversation_uuid, {kAndrew, kBayko});
}

TEST_P(Fault12, AStoreThatIsAwayIsAnErrorAtOnce) {
  const std::string conversation = app.Start(kAndrew, kBayko, "1")->conversation_uuid;
  InterruptedClient away(store.client(), [](int, std::string_view) { return Fate::kFails; });
  TestService service(store, &away);
  EXPECT_EQ(service.Conversations(kAndrew).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(service.Messages(kAndrew, conversation).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(service.Send(kAndrew, conversation, "2").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(service.Start(kAndrew, kBayko, "2").error().code, ErrorCode::kUnavailable);
}

TEST_P(Fault13, EveryMessageCanBeReached) {
  const std::string conversation = app.Start(kAndrew, kBayko, "0")->conversation_uuid;
  for (int i = 1; i < 104; ++i) {
    app.clock.Advance(std::chrono::minutes(1));
    ASSERT_TRUE(app.Send(kAndrew, conversation, std::to_string(i)));
  }
  size_t seen = 0;
  PageRequest request;
  do {
    const auto page = app.Messages(kBayko, conversation, request).value();
    seen += page.items.size();
    request.before = page.older;
  } while (!request.before.empty());
  EXPECT_EQ(seen, 104u);
}

TEST_P(Fault14, NamesInListsAreTodaysNames) {
  const std::string conversation = app.Start(kAndrew, kBayko, "hello")->conversation_uuid;
  app.people.Set({kAndrew.uuid, "andrew", "Andrew B."});
  app.people.Set({kBayko.uuid, "bayko2", "Dr Bayko"});
  EXPECT_EQ(app.Messages(kBayko, conversation)->items[0].sender.handle, "andrew");
  EXPECT_EQ(app.Conversations(kBayko)->items[0].other.display_name, "Andrew B.");
  EXPECT_EQ(app.Conversations(kAndrew)->items[0].other.handle, "bayko2");
  // Older code reads the copies in the rows: those are new with the next message.
  ASSERT_TRUE(app.Send(kAndrew, conversation, "again"));
  for (const ConversationRow& row : ReadTable(store).rows) {
    EXPECT_THAT(row.other.handle, ::testing::AnyOf("andrew", "bayko2"));
  }
}

}  // namespace
}  // namespace cruddur::messaging
