// Pattern E on conversation records that somebody else wrote: what can't be projected holds up
// nobody, and what can be is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kConversation = "11111111-0000-4000-8000-000000000001";

// Moving rows step by step and in transactions.
class ProjectionLimits : public ::testing::TestWithParam<bool> {
 protected:
  static ServiceOptions Options() {
    ServiceOptions options = TestService::Inline();
    options.projection.transactions = GetParam();
    return options;
  }
  void Put(model::Item item) {
    model::PutItemRequest request;
    request.table = store.table();
    request.item = std::move(item);
    ASSERT_TRUE(store.Run(store.client().PutItem(std::move(request))));
  }
  static Message Said(int second) {
    return {std::string(kConversation),
            "2023-03-24T09:45:0" + std::to_string(second) + ".000000+00:00",
            "m" + std::to_string(second), std::to_string(second), kAndrew};
  }
  // Message 0 is projected, as far as that is possible; message 1 is answered as a record.
  model::StreamRecord Prepare(std::vector<Person> members) {
    Put(ItemOf(Conversation{.uuid = std::string(kConversation),
                            .members = std::move(members),
                            .created_at = Said(0).created_at}));
    Put(ItemOf(Said(0)));
    Put(ItemOf(Said(1)));
    const std::vector<model::StreamRecord> first{RecordOf(ItemOf(Said(0)), "1")};
    EXPECT_THAT(Handle(first, Delivery::kPerhapsRepeated), IsEmpty());
    return RecordOf(ItemOf(Said(1)), "2");
  }
  std::vector<std::string> Handle(const std::vector<model::StreamRecord>& records,
                                  Delivery delivery) {
    return store.Run(app.service.projection().Handle(records, delivery));
  }

  TestStore store{StoreKind::kEngine};
  TestService app{store, nullptr, Options()};
};

INSTANTIATE_TEST_SUITE_P(Moves, ProjectionLimits, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "AtOnce" : "StepByStep"; });

TEST_P(ProjectionLimits, GivesUpWhatTheStoreWillAlwaysRefuse) {
  const Person too_long{std::string(2'100, 'u'), "long", "Long"};
  const model::StreamRecord record = Prepare({kAndrew, too_long});
  EXPECT_THAT(Handle({record, record}, Delivery::kFirst), IsEmpty());
  EXPECT_EQ(app.service.projection().given_up(), 3u);
  // The next conversation of the batch is served.
  const Message other = app.Start(kLondo, kBayko, "first").value();
  Message newer = other;
  newer.created_at = "2099-01-01T00:00:00.000000+00:00";
  Put(ItemOf(newer));
  EXPECT_THAT(Handle({record, RecordOf(ItemOf(newer), "3")}, Delivery::kFirst), IsEmpty());
  ExpectSettled(ReadTable(store), other.conversation_uuid, {kLondo, kBayko});
}

TEST_P(ProjectionLimits, TakesAMemberWhoIsNamedTwiceForOne) {
  const model::StreamRecord record = Prepare({kAndrew, kBayko, kAndrew, Person{}, kBayko});
  EXPECT_THAT(Handle({record}, Delivery::kFirst), IsEmpty());
  EXPECT_EQ(app.service.projection().given_up(), 0u);
  const TableContent content = ReadTable(store);
  ExpectSettled(content, kConversation, {kAndrew, kBayko});
  EXPECT_THAT(content.rows, SizeIs(2));
}

TEST_P(ProjectionLimits, MovesMoreRowsThanATransactionHolds) {
  std::vector<Person> members{kAndrew};
  for (int i = 1; i < 60; ++i) {
    const std::string name = "member" + std::to_string(i);
    members.push_back({name, name, name});
  }
  const model::StreamRecord record = Prepare(members);
  EXPECT_THAT(Handle({record}, Delivery::kFirst), IsEmpty());
  EXPECT_EQ(app.service.projection().given_up(), 0u);
  ExpectSettled(ReadTable(store), kConversation, members);
}

}  // namespace
}  // namespace cruddur::messaging
