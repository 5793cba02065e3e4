#include "messaging/memberships.h"

#include <gtest/gtest.h>

#include "messaging/interruption_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

class MembershipsTest : public ::testing::Test {
 protected:
  KnownPtr Find(Service& service, const Person& who) {
    return store.Run(service.memberships().Find(conversation, who.uuid)).value();
  }
  bool IsRemembered(Service& service) {
    return service.IsRememberedMember(conversation, kAndrew.uuid);
  }

  TestStore store{StoreKind::kEngine};
  TestService app{store};
  std::string conversation = app.Start(kAndrew, kBayko, "hello")->conversation_uuid;
};

TEST_F(MembershipsTest, AreRemembered) {
  TestService other(store);
  EXPECT_FALSE(IsRemembered(other.service));
  EXPECT_TRUE(Find(other.service, kAndrew));
  EXPECT_TRUE(IsRemembered(other.service));
}

TEST_F(MembershipsTest, AreNotRememberedWhenTheyWereForgottenMeanwhile) {
  for (const bool all : {true, false}) {
    Memberships* memberships = nullptr;
    InterruptedClient client(store.client(), [&](int, std::string_view) {
      if (all) {
        memberships->Clear();
      } else {
        memberships->Forget(conversation);
      }
      return Fate::kPasses;
    });
    TestService other(store, &client);
    memberships = &other.service.memberships();
    EXPECT_TRUE(Find(other.service, kAndrew));
    EXPECT_FALSE(IsRemembered(other.service));
  }
}

TEST_F(MembershipsTest, AreForgottenWithTheRecord) {
  EXPECT_TRUE(Find(app.service, kAndrew));
  const model::Item record = Key(RecordPartition(conversation), kRecordSort);
  app.service.SeeCommit(std::vector{RecordOf(record, "1", model::StreamEventName::kModify)});
  EXPECT_TRUE(IsRemembered(app.service));
  app.service.SeeCommit(std::vector{RecordOf(record, "2", model::StreamEventName::kRemove)});
  EXPECT_FALSE(IsRemembered(app.service));
  EXPECT_TRUE(Find(app.service, kAndrew));
  app.service.SeeCommit({});
  EXPECT_FALSE(IsRemembered(app.service));
}

// Whoever asks for a uuid that nobody has makes no work that grows with his own history.
TEST_F(MembershipsTest, AnUnknownUuidCostsAFewReads) {
  for (int i = 0; i < 1'200; ++i) {
    model::PutItemRequest put;
    put.table = store.table();
    const std::string at = "2023-03-24T09:45:01." + std::to_string(100'000 + i) + "+00:00";
    put.item = ItemOf(ConversationRow{kAndrew.uuid, at, "c" + std::to_string(i),
                                      std::string(1'000, 'x'), kBayko, ""});
    ASSERT_TRUE(store.Run(store.client().PutItem(std::move(put))));
  }
  InterruptedClient client(store.client(), [](int, std::string_view) { return Fate::kPasses; });
  TestService other(store, &client);
  const auto found = store.Run(
      other.service.memberships().Find("99999999-0000-4000-8000-000000000009", kAndrew.uuid));
  EXPECT_EQ(found.value(), nullptr);
  EXPECT_LE(client.calls(), 3);
}

}  // namespace
}  // namespace cruddur::messaging
