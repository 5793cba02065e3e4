// What a message costs on Amazon DynamoDB: write units as the engine counts them, of the message
// and of the rows that show it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/timestamp.h"
#include "dynamo/forwarding_client_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

using ::testing::IsEmpty;

// Adds up what the table (not its index) is charged.
class MeteredClient final : public dynamo::ForwardingClient {
 public:
  using ForwardingClient::ForwardingClient;

  double units() const { return units_; }

  Task<DbResult<model::WriteItemResponse>> PutItem(model::PutItemRequest request) override {
    request.return_consumed_capacity = model::ReturnConsumedCapacity::kIndexes;
    return Counted(store_.PutItem(std::move(request)));
  }
  Task<DbResult<model::WriteItemResponse>> UpdateItem(model::UpdateItemRequest request) override {
    request.return_consumed_capacity = model::ReturnConsumedCapacity::kIndexes;
    return Counted(store_.UpdateItem(std::move(request)));
  }
  Task<DbResult<model::WriteItemResponse>> DeleteItem(model::DeleteItemRequest request) override {
    request.return_consumed_capacity = model::ReturnConsumedCapacity::kIndexes;
    return Counted(store_.DeleteItem(std::move(request)));
  }
  Task<DbResult<model::TransactWriteItemsResponse>> TransactWriteItems(
      model::TransactWriteItemsRequest) override {
    ADD_FAILURE() << "a transaction is charged twice";
    co_return model::DbFail(model::DbErrorCode::kUnknownOperation, "");
  }
  Task<DbResult<model::BatchWriteItemResponse>> BatchWriteItem(
      model::BatchWriteItemRequest) override {
    ADD_FAILURE() << "isn't counted";
    co_return model::DbFail(model::DbErrorCode::kUnknownOperation, "");
  }

 private:
  Task<DbResult<model::WriteItemResponse>> Counted(Task<DbResult<model::WriteItemResponse>> call) {
    auto result = co_await std::move(call);
    if (result) units_ += result->consumed_capacity.value().table.value().total();
    co_return result;
  }

  std::atomic<double> units_{0};
};

std::string At(int second) {
  return base::FormatTimestamp(base::Micros(1'700'000'000'000'000 + second * 1'000'000LL));
}

class ProjectionCostTest : public ::testing::Test {
 protected:
  // Write units a message, of `batches` times `burst` messages in a conversation of `members`.
  double UnitsPerMessage(int members, int batches, int burst) {
    Conversation record{.uuid = base::NewUuid(), .created_at = At(0), .last_message_at = At(0)};
    for (int i = 0; i < members; ++i) {
      record.members.push_back({base::NewUuid(), "handle" + std::to_string(i), "Some Name"});
    }
    Put(store_.client(), ItemOf(record));
    for (const Person& member : record.members) {
      Put(store_.client(),
          ItemOf(ConversationRow{member.uuid, At(0), record.uuid, "first", record.members[0], ""}));
    }

    MeteredClient metered(store_.client());
    ServiceOptions options = TestService::Inline();
    options.projection.transactions = false;
    TestService app(store_, &metered, options);
    for (int batch = 0; batch < batches; ++batch) {
      std::vector<model::StreamRecord> records;
      for (int i = 1; i <= burst; ++i) {
        const int number = batch * burst + i;
        const Message message{record.uuid, At(number), base::NewUuid(), "a line of some length",
                              record.members[0]};
        Put(metered, ItemOf(message));
        records.push_back(RecordOf(ItemOf(message), std::to_string(number)));
      }
      EXPECT_THAT(store_.Run(app.service.projection().Handle(records, Delivery::kFirst)),
                  IsEmpty());
    }
    ExpectSettled(ReadTable(store_), record.uuid, record.members);
    return metered.units() / (batches * burst);
  }

  void Put(dynamo::Client& client, model::Item item) {
    model::PutItemRequest put;
    put.table = store_.table();
    put.item = std::move(item);
    ASSERT_TRUE(store_.Run(client.PutItem(std::move(put))));
  }

  TestStore store_{StoreKind::kEngine};
};

// The message, the guard, and for each member a row put and a row deleted. The guard is in the
// conversation record, which with 32 members is larger than three write units.
TEST_F(ProjectionCostTest, AMessageCostsTwoWritesAndTwoForEachMember) {
  EXPECT_EQ(UnitsPerMessage(2, 10, 1), 6);
  EXPECT_EQ(UnitsPerMessage(8, 5, 1), 18);
  EXPECT_EQ(UnitsPerMessage(32, 3, 1), 66 + 3);
}

TEST_F(ProjectionCostTest, ABurstMovesTheRowsOnce) { EXPECT_EQ(UnitsPerMessage(2, 5, 4), 2.25); }

}  // namespace
}  // namespace cruddur::messaging
