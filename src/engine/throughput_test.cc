#include "engine/throughput.h"

#include <gtest/gtest.h>

#include <future>

#include "engine/engine_fixture.h"
#include "model/error_details.h"

namespace cruddur::engine {
namespace {

using model::DbErrorCode;

const std::string kTable = "orders";
const std::string kArn = "arn:aws:dynamodb:us-east-1:000000000000:table/orders";
constexpr const char* kTableShort =
    "The level of configured provisioned throughput for the table was exceeded. Consider "
    "increasing your provisioning level with the UpdateTable API.";
constexpr const char* kIndexShort =
    "The level of configured provisioned throughput for one or more global secondary indexes of "
    "the table was exceeded. Consider increasing your provisioning level for the "
    "under-provisioned global secondary indexes with the UpdateTable API";
constexpr int kBurst = 300;  // units of a rate of one a second

class Throughput : public EngineFixture {
 protected:
  explicit Throughput(bool throttle = true) : EngineFixture(Kept::kInMemory, Options(throttle)) {}
  static EngineOptions Options(bool throttle) {
    EngineOptions options = OneShard();
    options.throttle = throttle;
    options.ttl_interval = base::Micros(0);
    return options;
  }

  void MakeTable(model::Throughput table, std::optional<model::Throughput> index = {}) {
    model::CreateTableRequest request{
        .table = kTable,
        .keys = {{{"pk", model::Type::kS}}, {{"sk", model::Type::kN}}},
        .attribute_definitions = {{"pk", model::Type::kS},
                                  {"sk", model::Type::kN},
                                  {"state", model::Type::kS}},
        .throughput = table};
    request.indexes = {
        {.name = "local", .keys = {{{"pk", model::Type::kS}}, {{"state", model::Type::kS}}}}};
    if (index) {
      request.indexes.push_back({.name = "by-state",
                                 .global = true,
                                 .keys = {{{"state", model::Type::kS}}, {}},
                                 .throughput = index});
    }
    Create(std::move(request));
  }
  static model::Item ItemAt(int sk) { return {{"pk", "a"}, {"sk", sk}}; }
  DbResult<model::WriteItemResponse> PutAt(int sk) {
    return Put({.table = kTable, .item = ItemAt(sk)});
  }
  // All write units but `left`.
  void UseWrites(int left = 0) {
    for (int i = 0; i < kBurst - left; ++i) ASSERT_TRUE(PutAt(0));
  }
  DbResult<model::GetItemResponse> GetAt(int sk, bool consistent = true) {
    return engine().GetItem({.table = kTable, .key = ItemAt(sk), .consistent_read = consistent});
  }
  void UseReads(int left = 0) {
    for (int i = 0; i < kBurst - left; ++i) ASSERT_TRUE(GetAt(0));
  }

  template <class T>
  static void ExpectThrottled(const DbResult<T>& result, std::string_view reason,
                              std::string_view resource = kArn) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, DbErrorCode::kProvisionedThroughputExceeded);
    EXPECT_EQ(result.error().message, resource == kArn ? kTableShort : kIndexShort);
    ASSERT_NE(result.error().details, nullptr);
    ASSERT_EQ(result.error().details->throttling.size(), 1u);
    EXPECT_EQ(result.error().details->throttling[0].reason, reason);
    EXPECT_EQ(result.error().details->throttling[0].resource, resource);
  }
};

TEST_F(Throughput, RefusesWritesBeyondTheTables) {
  MakeTable({1, 1});
  UseWrites();
  ExpectThrottled(PutAt(1), "TableWriteProvisionedThroughputExceeded");
  EXPECT_TRUE(GetAt(0));
  clock().Advance(std::chrono::seconds(2));
  EXPECT_TRUE(PutAt(1));
  EXPECT_TRUE(PutAt(2));
  ExpectThrottled(Delete({.table = kTable, .key = ItemAt(0)}),
                  "TableWriteProvisionedThroughputExceeded");
  EXPECT_TRUE(GetAt(0)->item);
}

TEST_F(Throughput, RefusesReadsBeyondTheTables) {
  MakeTable({1, 1});
  for (int i = 0; i < 2 * kBurst; ++i) ASSERT_TRUE(GetAt(0, /*consistent=*/false));
  const std::string reason = "TableReadProvisionedThroughputExceeded";
  ExpectThrottled(GetAt(0), reason);
  model::QueryRequest query{.table = kTable,
                            .key_condition_expression = "pk = :p",
                            .placeholders = {.values = {{":p", "a"}}}};
  ExpectThrottled(engine().Query(query), reason);
  query.index = "local";
  ExpectThrottled(engine().Query(query), reason);
  ExpectThrottled(engine().Scan({.table = kTable}), reason);
  EXPECT_TRUE(PutAt(1));
}

TEST_F(Throughput, ChargesAPageByItsSize) {
  MakeTable({1, 1'000});
  const std::string text(300'000, 'x');
  for (int i = 0; i < 4; ++i) {
    MustPut(kTable, {{"pk", "a"}, {"sk", i}, {"text", text}});
  }
  const model::QueryRequest query{.table = kTable,
                                  .key_condition_expression = "pk = :p",
                                  .placeholders = {.values = {{":p", "a"}}},
                                  .consistent_read = true};
  ASSERT_TRUE(engine().Query(query));  // 293 of 300 units
  EXPECT_TRUE(engine().Query(query));  // on credit
  clock().Advance(std::chrono::seconds(285));
  EXPECT_FALSE(engine().Query(query));
  clock().Advance(std::chrono::seconds(2));
  EXPECT_TRUE(engine().Query(query));
}

TEST_F(Throughput, AnIndexThatIsShortHoldsUpAllWrites) {
  MakeTable({1'000, 1'000}, model::Throughput{1, 1});
  const auto put = [&](int sk) {
    return Put({.table = kTable, .item = {{"pk", "a"}, {"sk", sk}, {"state", "new"}}});
  };
  for (int i = 0; i < kBurst; ++i) ASSERT_TRUE(put(i));
  const std::string reason = "IndexWriteProvisionedThroughputExceeded";
  ExpectThrottled(put(kBurst), reason, kArn + "/index/by-state");
  ExpectThrottled(PutAt(kBurst), reason, kArn + "/index/by-state");
  clock().Advance(std::chrono::seconds(1));
  EXPECT_TRUE(PutAt(kBurst)) << "costs the index nothing";
  EXPECT_TRUE(put(kBurst + 1));
  EXPECT_FALSE(PutAt(kBurst + 2));
}

TEST_F(Throughput, ReadsOfAnIndexAreItsOwn) {
  MakeTable({1, 1'000}, model::Throughput{1, 1'000});
  const model::QueryRequest query{
      .table = kTable,
      .index = "by-state",
      .key_condition_expression = "#s = :s",
      .placeholders = {.names = {{"#s", "state"}}, .values = {{":s", "new"}}}};
  for (int i = 0; i < 2 * kBurst; ++i) ASSERT_TRUE(engine().Query(query));
  ExpectThrottled(engine().Query(query), "IndexReadProvisionedThroughputExceeded",
                  kArn + "/index/by-state");
  EXPECT_TRUE(GetAt(0));
}

TEST_F(Throughput, AFailedConditionCosts) {
  MakeTable({1, 1});
  for (int i = 0; i < kBurst; ++i) {
    const auto put =
        Put({.table = kTable, .item = ItemAt(1), .condition_expression = "attribute_exists(pk)"});
    ASSERT_EQ(put.error().code, DbErrorCode::kConditionalCheckFailed);
  }
  EXPECT_FALSE(PutAt(1));
}

TEST_F(Throughput, BatchesSayWhatIsLeftAndFailWhenAllIs) {
  MakeTable({1, 1});
  UseWrites(/*left=*/2);
  model::BatchWriteItemRequest write{.tables = {{kTable, {}}}};
  for (int i = 1; i <= 4; ++i) write.tables[0].second.push_back({.item = ItemAt(i)});
  write.tables[0].second.push_back({.put = false, .item = ItemAt(0)});
  const auto written = Batch(write);
  ASSERT_TRUE(written);
  ASSERT_EQ(written->unprocessed.size(), 1u);
  EXPECT_EQ(written->unprocessed[0].first, kTable);
  ASSERT_EQ(written->unprocessed[0].second.size(), 3u);
  EXPECT_TRUE(written->unprocessed[0].second[0].put);
  EXPECT_EQ(written->unprocessed[0].second[0].item, ItemAt(3));
  EXPECT_FALSE(written->unprocessed[0].second[2].put);
  EXPECT_TRUE(GetAt(2)->item);
  EXPECT_FALSE(GetAt(3)->item);
  EXPECT_TRUE(GetAt(0)->item);
  ExpectThrottled(Batch(write), "TableWriteProvisionedThroughputExceeded");

  UseReads(/*left=*/5);  // three went above
  model::BatchGetItemRequest read{
      .tables = {{kTable, {.keys = {ItemAt(0), ItemAt(1), ItemAt(2)}, .consistent_read = true}}}};
  const auto got = engine().BatchGetItem(read);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->items[0].second.size(), 2u);
  ASSERT_EQ(got->unprocessed.size(), 1u);
  EXPECT_EQ(got->unprocessed[0].second.keys, std::vector<model::Item>{ItemAt(2)});
  ExpectThrottled(engine().BatchGetItem(read), "TableReadProvisionedThroughputExceeded");
}

// Whichever comes first, one write that met something else than used up throughput is enough.
TEST_F(Throughput, ABatchThatIsThrottledInPartLeavesAllItCannotDo) {
  MakeTable({1, 1});
  Create({.table = "free",
          .keys = {{{"pk", model::Type::kS}}, {}},
          .billing = model::BillingMode::kPayPerRequest});
  UseWrites();
  const model::Item held{{"pk", "held"}};
  for (const bool throttled_first : {true, false}) {
    model::BatchWriteItemRequest batch{
        .tables = {{kTable, {{.item = ItemAt(1)}}}, {"free", {{.item = held}}}},
        .may_conflict = true};
    if (!throttled_first) std::swap(batch.tables[0], batch.tables[1]);
    std::promise<DbResult<model::BatchWriteItemResponse>> answer;
    // On the committer's thread: both are in one commit.
    engine().PutItem({.table = "free", .item = held}, [&](auto) {
      engine().TransactWriteItems(
          {.items = {model::PutItemRequest{.table = "free", .item = held}}, .may_conflict = true},
          [](auto) {});
      engine().BatchWriteItem(batch, [&](auto result) { answer.set_value(std::move(result)); });
    });
    const auto result = answer.get_future().get();
    ASSERT_TRUE(result) << ErrorOf(result);
    EXPECT_EQ(result->unprocessed.size(), 2u);
  }
}

TEST_F(Throughput, TransactionsAreCanceled) {
  MakeTable({1, 1});
  Create({.table = "free",
          .keys = {{{"pk", model::Type::kS}}, {}},
          .attribute_definitions = {{"pk", model::Type::kS}}});
  UseWrites(/*left=*/1);
  const model::TransactWriteItemsRequest write{
      .items = {model::PutItemRequest{.table = "free", .item = {{"pk", "a"}}},
                model::PutItemRequest{.table = kTable, .item = ItemAt(1)}}};
  EXPECT_TRUE(Transact(write));  // two units, one of them on credit
  const auto canceled = Transact(write);
  EXPECT_EQ(canceled.error().code, DbErrorCode::kTransactionCanceled);
  ASSERT_EQ(canceled.error().details->reasons.size(), 2u);
  EXPECT_EQ(canceled.error().details->reasons[0].code, "None");
  EXPECT_EQ(canceled.error().details->reasons[1].code, "ProvisionedThroughputExceeded");
  EXPECT_EQ(canceled.error().details->reasons[1].message, kTableShort);

  UseReads();
  const auto got = engine().TransactGetItems(
      {.items = {{.table = kTable, .key = ItemAt(1)}, {.table = "free", .key = {{"pk", "a"}}}}});
  EXPECT_EQ(got.error().message,
            "Transaction cancelled, please refer cancellation reasons for specific reasons "
            "[ProvisionedThroughputExceeded, None]");
}

TEST_F(Throughput, ATransactionIsAdmittedAsAWhole) {
  MakeTable({1, 1});
  UseWrites(/*left=*/1);
  model::TransactWriteItemsRequest write;
  for (int i = 1; i <= 10; ++i) {
    write.items.push_back(model::PutItemRequest{.table = kTable, .item = ItemAt(i)});
  }
  EXPECT_TRUE(Transact(write));  // 20 units, 19 of them on credit
  clock().Advance(std::chrono::seconds(19));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(Transact(write)) << "costs nothing";
  clock().Advance(std::chrono::seconds(1));
  EXPECT_TRUE(Transact(write));
}

TEST_F(Throughput, AReplayIsARead) {
  MakeTable({1, 1'000});
  const model::TransactWriteItemsRequest write{
      .items = {model::PutItemRequest{.table = kTable, .item = ItemAt(1)}},
      .client_request_token = "token"};
  ASSERT_TRUE(Transact(write));
  for (int i = 0; i < kBurst / 2; ++i) ASSERT_TRUE(Transact(write));
  const auto canceled = Transact(write);
  EXPECT_EQ(ErrorOf(canceled),
            "Transaction cancelled, please refer cancellation reasons for specific reasons "
            "[ProvisionedThroughputExceeded]");
  EXPECT_FALSE(GetAt(1));
  clock().Advance(std::chrono::seconds(1));
  EXPECT_TRUE(Transact(write));
}

TEST_F(Throughput, ASelectAnswersWhatItHasPaidFor) {
  MakeTable({1, 1'000});
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(PutAt(i));
  UseReads(/*left=*/2);
  model::ExecuteStatementRequest request{
      .statement = {.statement = "SELECT * FROM orders WHERE pk = 'a' AND sk IN (0, 1, 2, 3)",
                    .consistent_read = true}};
  const auto select = [&] {
    return Await<model::ExecuteStatementResponse>(
        [&](auto done) { engine().ExecuteStatement(request, std::move(done)); });
  };
  const auto first = select();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->items.size(), 2u);
  ASSERT_NE(first->next_token, "");
  request.next_token = first->next_token;
  ExpectThrottled(select(), "TableReadProvisionedThroughputExceeded");
  clock().Advance(std::chrono::seconds(2));
  const auto second = select();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->items.size(), 2u);
  EXPECT_EQ(second->next_token, "");
}

TEST_F(Throughput, FollowsUpdateTable) {
  MakeTable({1, 1});
  UseWrites();
  EXPECT_FALSE(PutAt(1));
  ASSERT_TRUE(
      Update(model::UpdateTableRequest{.table = kTable, .throughput = model::Throughput{1, 10}}));
  EXPECT_FALSE(PutAt(1));
  clock().Advance(std::chrono::seconds(1));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(PutAt(i));
  EXPECT_FALSE(PutAt(1));
  ASSERT_TRUE(Update(
      model::UpdateTableRequest{.table = kTable, .billing = model::BillingMode::kPayPerRequest}));
  for (int i = 0; i < 2 * kBurst; ++i) ASSERT_TRUE(PutAt(i));
}

TEST_F(Throughput, LimitsOnDemandAreKept) {
  model::CreateTableRequest request{.table = kTable,
                                    .keys = {{{"pk", model::Type::kS}}, {{"sk", model::Type::kN}}}};
  request.on_demand = {{2, 1}};
  request.indexes = {{.name = "by-state",
                      .global = true,
                      .keys = {{{"state", model::Type::kS}}, {}},
                      .on_demand = {{1, {}}}}};
  Create(std::move(request));
  const auto expect_reached = [](const auto& result, std::string_view reason,
                                 const std::string& resource) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, DbErrorCode::kThrottling);
    EXPECT_EQ(result.error().message,
              "Throughput exceeds the maximum OnDemandThroughput configured on table or index");
    ASSERT_EQ(result.error().details->throttling.size(), 1u);
    EXPECT_EQ(result.error().details->throttling[0].reason, reason);
    EXPECT_EQ(result.error().details->throttling[0].resource, resource);
  };
  MustPut(kTable, {{"pk", "a"}, {"sk", 1}, {"state", "new"}});
  UseWrites(1);
  expect_reached(PutAt(1), "TableWriteMaxOnDemandThroughputExceeded", kArn);
  const auto canceled = Transact({.items = {model::PutItemRequest{kTable, ItemAt(1)}}});
  ASSERT_FALSE(canceled);
  EXPECT_EQ(canceled.error().details->reasons.at(0).code, "ThrottlingError");
  for (int i = 0; i < 2 * kBurst; ++i) ASSERT_TRUE(GetAt(0));
  expect_reached(GetAt(0), "TableReadMaxOnDemandThroughputExceeded", kArn);
  const model::ScanRequest scan{.table = kTable, .index = "by-state"};
  for (int i = 0; i < 2 * kBurst && engine().Scan(scan); ++i) {
  }
  expect_reached(engine().Scan(scan), "IndexReadMaxOnDemandThroughputExceeded",
                 kArn + "/index/by-state");
  clock().Advance(std::chrono::seconds(1));
  EXPECT_TRUE(PutAt(1));
  EXPECT_FALSE(PutAt(1));
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = kTable, .on_demand = {{{}, -1}}}));
  for (int i = 0; i < 2 * kBurst; ++i) ASSERT_TRUE(PutAt(1));
}

TEST_F(Throughput, IsOfTheTableAndNotOfItsName) {
  MakeTable({1, 1});
  UseWrites();
  ASSERT_TRUE(Drop(kTable));
  MakeTable({1, 1});
  EXPECT_TRUE(PutAt(1));
}

TEST_F(Throughput, ExpiredItemsGoForNothing) {
  MakeTable({1, 1});
  ASSERT_TRUE(Await<model::TimeToLiveSpecification>(
      [&](auto done) { engine().UpdateTimeToLive({kTable, {"expires", true}}, std::move(done)); }));
  const int64_t now = std::chrono::floor<std::chrono::seconds>(clock().Now()).count();
  MustPut(kTable, {{"pk", "a"}, {"sk", 0}, {"expires", now - 1}});
  for (int i = 1; i < kBurst; ++i) ASSERT_TRUE(PutAt(1));
  EXPECT_FALSE(GetAt(0)->item);
}

class NoThrottle : public Throughput {
 protected:
  NoThrottle() : Throughput(false) {}
};

TEST_F(NoThrottle, CountsNothing) {
  MakeTable({1, 1}, model::Throughput{1, 1});
  for (int i = 0; i < 3 * kBurst; ++i) ASSERT_TRUE(PutAt(i));
  for (int i = 0; i < 3 * kBurst; ++i) ASSERT_TRUE(GetAt(i));
}

}  // namespace
}  // namespace cruddur::engine
