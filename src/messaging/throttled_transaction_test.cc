// A transaction that the store cancels since its table has no throughput left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/interruption_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ThrottledTransaction : public ::testing::TestWithParam<const char*> {
 protected:
  static ServiceOptions Options() {
    ServiceOptions options = TestService::Inline();
    options.projection.transactions = true;
    return options;
  }

  TestStore store{StoreKind::kEngine};
  InterruptedClient client{store.client(), [](int, std::string_view) { return Fate::kPasses; }};
  TestService app{store, &client, Options()};
};
INSTANTIATE_TEST_SUITE_P(Reasons, ThrottledTransaction,
                         ::testing::Values("ProvisionedThroughputExceeded", "ThrottlingError"),
                         [](const auto& info) { return info.param; });

TEST_P(ThrottledTransaction, EndsTheStartOfAConversation) {
  client.CancelTransactions(GetParam());
  const auto started = app.Start(kAndrew, kBayko, "hello");
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(client.cancelled(), 1);
  EXPECT_EQ(ReadTable(store).pairs, 0);
  client.CancelTransactions("");
  EXPECT_TRUE(app.Start(kAndrew, kBayko, "hello"));
}

TEST_P(ThrottledTransaction, IsNotTakenForSomebodyElsesMove) {
  const Message first = app.Start(kAndrew, kBayko, "first").value();
  Message second = first;
  second.uuid = "22222222-0000-4000-8000-000000000002";
  second.created_at = "2023-03-24T09:45:01.000000+00:00";
  second.text = "second";
  model::PutItemRequest put;
  put.table = store.table();
  put.item = ItemOf(second);
  ASSERT_TRUE(store.Run(store.client().PutItem(std::move(put))));
  const std::vector<model::StreamRecord> records{RecordOf(ItemOf(second), "1")};
  const auto handle = [&] {
    return store.Run(app.service.projection().Handle(records, Delivery::kFirst));
  };

  client.CancelTransactions(GetParam());
  EXPECT_THAT(handle(), ElementsAre("1"));
  const TableContent before = ReadTable(store);
  for (const ConversationRow& row : before.rows) EXPECT_EQ(row.text, "first");
  EXPECT_EQ(client.cancelled(), 1);

  client.CancelTransactions("");
  EXPECT_THAT(handle(), IsEmpty());
  ExpectSettled(ReadTable(store), first.conversation_uuid, {kAndrew, kBayko});
}

}  // namespace
}  // namespace cruddur::messaging
