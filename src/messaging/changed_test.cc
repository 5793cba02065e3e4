// Whom a service tells of partitions whose newest page may be another one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/interruption_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

using ::testing::UnorderedElementsAre;

class ChangedTest : public ::testing::Test {
 protected:
  ServiceOptions Telling() {
    ServiceOptions options = TestService::Inline();
    options.writer.deadline = std::chrono::milliseconds(1);
    options.changed = [this](std::vector<std::string> partitions) -> Task<void> {
      told.insert(told.end(), partitions.begin(), partitions.end());
      co_return;
    };
    return options;
  }

  TestStore store{StoreKind::kEngine};
  TestService app{store};
  const std::string conversation = app.Start(kAndrew, kBayko, "first")->conversation_uuid;
  const std::string page = MessagePartition(conversation), andrews = RowPartition(kAndrew.uuid),
                    baykos = RowPartition(kBayko.uuid);
  std::vector<std::string> told;
};

TEST_F(ChangedTest, AreThePagesOfAMessagesConversationAndItsMembers) {
  TestService teller(store, nullptr, Telling());
  ASSERT_TRUE(teller.Send(kBayko, conversation, "second"));
  EXPECT_THAT(told, UnorderedElementsAre(page, andrews, baykos));
  told.clear();
  ASSERT_TRUE(teller.Start(kBayko, kAndrew, "third"));
  EXPECT_THAT(told, UnorderedElementsAre(page, andrews, baykos));
}

TEST_F(ChangedTest, AreToldWhereAMessageWasPerhapsWritten) {
  InterruptedClient client(store.client(), [&](int, std::string_view key) {
    return key == page ? Fate::kLost : Fate::kPasses;
  });
  TestService teller(store, &client, Telling());
  EXPECT_FALSE(teller.Start(kAndrew, kBayko, "lost"));
  EXPECT_THAT(told, UnorderedElementsAre(page, andrews, baykos));
  told.clear();
  EXPECT_FALSE(teller.Send(kAndrew, conversation, "lost"));
  EXPECT_THAT(told, UnorderedElementsAre(page, andrews, baykos));
}

TEST_F(ChangedTest, AreWhatRecordsOfTheStreamConcern) {
  TestService teller(store, nullptr, Telling());
  const Message message{.conversation_uuid = conversation,
                        .created_at = "2024-01-01T00:00:00.000000+00:00",
                        .uuid = "00000000-0000-4000-8000-000000000001",
                        .text = "of older code",
                        .sender = kAndrew};
  const model::Item removed = Key(RowPartition(kLondo.uuid), "2023-01-01T00:00:00.000000+00:00");
  const model::Item pair = PairItem(kAndrew.uuid, kLondo.uuid, conversation);
  const std::vector<model::StreamRecord> records{
      RecordOf(ItemOf(message), "1"), RecordOf(removed, "2", model::StreamEventName::kRemove),
      RecordOf(pair, "3")};
  const auto failed = store.Run(teller.service.Project(records, Delivery::kPerhapsRepeated));
  EXPECT_TRUE(failed.empty());
  EXPECT_THAT(told, UnorderedElementsAre(page, andrews, baykos, RowPartition(kLondo.uuid)));
  EXPECT_EQ(app.Conversations(kBayko)->items.front().text, "of older code");
}

}  // namespace
}  // namespace cruddur::messaging
