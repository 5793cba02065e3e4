#include <gmock/gmock.h>

#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::ConditionCheck;
using model::DbErrorCode;
using model::DeleteItemRequest;
using model::Item;
using model::Number;
using model::PutItemRequest;
using model::TransactWriteItemsRequest;
using model::UpdateItemRequest;

class TransactWrite : public EngineFixture {
 protected:
  TransactWrite() : EngineFixture(Kept::kOnDisk) {
    for (const char* name : {"one", "two"}) {
      model::CreateTableRequest request{.table = name};
      request.keys = {{{"pk", model::Type::kS}}, {}};
      request.billing = model::BillingMode::kPayPerRequest;
      Create(std::move(request));
    }
  }
  static Item Key(const char* pk) { return {{"pk", pk}}; }
  static Item With(const char* pk, model::AttributeValue a) { return {{"a", a}, {"pk", pk}}; }
  static std::vector<std::string> Codes(const model::DbError& error) {
    std::vector<std::string> codes;
    if (error.details == nullptr) return codes;
    for (const auto& reason : error.details->reasons) codes.push_back(reason.code);
    return codes;
  }
};

TEST_F(TransactWrite, DoesAllOfItsActions) {
  MustPut("one", With("gone", "x"));
  MustPut("two", With("there", "y"));
  const auto done = Transact(
      {.items = {PutItemRequest{.table = "one", .item = With("new", "1")},
                 DeleteItemRequest{.table = "one", .key = Key("gone")},
                 UpdateItemRequest{.table = "two",
                                   .key = Key("counter"),
                                   .update_expression = "ADD n :one",
                                   .placeholders = {.names = {}, .values = {{":one", Number(1)}}}},
                 ConditionCheck{.table = "two",
                                .key = Key("there"),
                                .condition_expression = "attribute_exists(pk)"}},
       .return_consumed_capacity = model::ReturnConsumedCapacity::kTotal});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(Get("one", Key("new")), With("new", "1"));
  EXPECT_EQ(Get("one", Key("gone")), std::nullopt);
  EXPECT_EQ(Get("two", Key("counter")), (Item{{"n", Number(1)}, {"pk", "counter"}}));
  // Two units for each action.
  ASSERT_EQ(done->consumed_capacity.size(), 2u);
  EXPECT_EQ(done->consumed_capacity[0].units.write, 4);
  EXPECT_EQ(done->consumed_capacity[1].units.write, 4);
}

TEST_F(TransactWrite, DoesNothingIfOneConditionFails) {
  MustPut("two", With("there", "y"));
  const auto refused = Transact(
      {.items = {PutItemRequest{.table = "one", .item = With("new", "1")},
                 ConditionCheck{.table = "two",
                                .key = Key("there"),
                                .condition_expression = "attribute_not_exists(pk)",
                                .on_condition_failure = model::ReturnValuesOnFailure::kAllOld}}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, DbErrorCode::kTransactionCanceled);
  EXPECT_EQ(refused.error().message,
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
            "ConditionalCheckFailed]");
  EXPECT_EQ(refused.error().details->reasons[1].message, "The conditional request failed");
  EXPECT_EQ(refused.error().details->reasons[1].item, With("there", "y"));
  EXPECT_EQ(refused.error().details->reasons[0].item, std::nullopt);
  EXPECT_EQ(Get("one", Key("new")), std::nullopt);
}

TEST_F(TransactWrite, TellsEveryReasonInItsPlace) {
  MustPut("one", With("text", "not a number"));
  const auto refused = Transact(
      {.items = {
           ConditionCheck{
               .table = "one", .key = Key("none"), .condition_expression = "attribute_exists(pk)"},
           PutItemRequest{.table = "one", .item = Key("fine")},
           UpdateItemRequest{.table = "one",
                             .key = Key("text"),
                             .update_expression = "ADD a :one",
                             .placeholders = {.names = {}, .values = {{":one", Number(1)}}}}}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(Codes(refused.error()),
              testing::ElementsAre("ConditionalCheckFailed", "None", "ValidationError"));
  const auto mistyped = Transact({.items = {PutItemRequest{.table = "one", .item = Key("fine")},
                                            DeleteItemRequest{.table = "one", .key = {}}}});
  ASSERT_FALSE(mistyped);
  EXPECT_THAT(Codes(mistyped.error()), testing::ElementsAre("None", "ValidationError"));
}

TEST_F(TransactWrite, ChecksOneActionAfterTheOther) {
  const PutItemRequest large{.table = "one", .item = With("large", std::string(409'600, 'x'))};
  const UpdateItemRequest wrong{
      .table = "one", .key = Key("wrong"), .update_expression = "SET a = :missing"};
  const std::string too_large = "Item size has exceeded the maximum allowed size";
  EXPECT_EQ(ErrorOf(Transact({.items = {large, wrong}})), too_large);
  const std::string undefined = ErrorOf(Transact({.items = {wrong, large}}));
  EXPECT_THAT(undefined, testing::HasSubstr(":missing"));
  // What was wrong in the request has its place among them, before or behind the expressions.
  const model::DbError broken{.code = DbErrorCode::kValidation, .message = "broken"};
  EXPECT_EQ(ErrorOf(Transact({.items = {wrong, large}, .broken = {{0, false, broken}}})), "broken");
  EXPECT_EQ(ErrorOf(Transact({.items = {wrong, large}, .broken = {{0, true, broken}}})), undefined);
  EXPECT_EQ(ErrorOf(Transact({.items = {large, wrong}, .broken = {{0, true, broken}}})), "broken");
  EXPECT_EQ(ErrorOf(Transact({.items = {large, wrong}, .broken = {{1, false, broken}}})),
            too_large);
}

TEST_F(TransactWrite, RefusesEmptyKeysAsAWhole) {
  const auto refused = Transact({.items = {PutItemRequest{.table = "one", .item = Key("fine")},
                                           DeleteItemRequest{.table = "one", .key = Key("")}}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, DbErrorCode::kValidation);
  EXPECT_EQ(refused.error().message,
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: pk");
}

TEST_F(TransactWrite, RefusesTwoActionsOnOneItem) {
  const auto refused = Transact({.items = {PutItemRequest{.table = "one", .item = With("a", "1")},
                                           DeleteItemRequest{.table = "one", .key = Key("a")}}});
  EXPECT_EQ(ErrorOf(refused), "Transaction request cannot include multiple operations on one item");
  EXPECT_TRUE(Transact({.items = {PutItemRequest{.table = "one", .item = Key("a")},
                                  PutItemRequest{.table = "two", .item = Key("a")}}}));
}

TEST_F(TransactWrite, RefusesTooManyActionsAndMissingTables) {
  TransactWriteItemsRequest many;
  for (int i = 0; i < 101; ++i) {
    many.items.push_back(PutItemRequest{.table = "one", .item = Key(std::to_string(i).c_str())});
  }
  EXPECT_THAT(ErrorOf(Transact(many)),
              testing::HasSubstr("Member must have length less than or equal to 100"));
  many.items.pop_back();
  EXPECT_EQ(ErrorOf(Transact(many)), "");
  EXPECT_NE(ErrorOf(Transact({})), "");
  const auto missing = Transact({.items = {PutItemRequest{.table = "none", .item = Key("a")}}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, DbErrorCode::kResourceNotFound);
}

TEST_F(TransactWrite, RefusesMoreThanFourMegabytes) {
  TransactWriteItemsRequest large;
  for (int i = 0; i < 11; ++i) {
    large.items.push_back(PutItemRequest{
        .table = "one", .item = With(std::to_string(i).c_str(), std::string(400'000, 'x'))});
  }
  EXPECT_THAT(ErrorOf(Transact(large)), testing::HasSubstr("4 MB"));
  EXPECT_EQ(Get("one", Key("0")), std::nullopt);
}

TEST_F(TransactWrite, ATokenMakesARetryHarmless) {
  const TransactWriteItemsRequest request{
      .items = {UpdateItemRequest{.table = "one",
                                  .key = Key("counter"),
                                  .update_expression = "ADD n :one",
                                  .placeholders = {.names = {}, .values = {{":one", Number(1)}}}}},
      .client_request_token = "token",
      .return_consumed_capacity = model::ReturnConsumedCapacity::kTotal};
  const auto first = Transact(request);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->consumed_capacity.at(0).units.write, 2);
  Restart();
  const auto again = Transact(request);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->consumed_capacity.at(0).units.read, 2);
  EXPECT_EQ(again->consumed_capacity.at(0).units.write, 0);
  EXPECT_EQ(Get("one", Key("counter")), (Item{{"n", Number(1)}, {"pk", "counter"}}));

  TransactWriteItemsRequest other = request;
  std::get<UpdateItemRequest>(other.items[0]).placeholders.values = {{":one", Number(2)}};
  const auto mismatch = Transact(other);
  ASSERT_FALSE(mismatch);
  EXPECT_EQ(mismatch.error().code, DbErrorCode::kIdempotentParameterMismatch);

  clock().Advance(std::chrono::minutes(10));
  ASSERT_TRUE(Transact(request));
  EXPECT_EQ(Get("one", Key("counter")), (Item{{"n", Number(2)}, {"pk", "counter"}}));
}

TEST_F(TransactWrite, AFailedTransactionLeavesNoToken) {
  TransactWriteItemsRequest request{
      .items = {PutItemRequest{
          .table = "one", .item = Key("a"), .condition_expression = "attribute_exists(pk)"}},
      .client_request_token = "token"};
  EXPECT_FALSE(Transact(request));
  MustPut("one", Key("a"));
  EXPECT_EQ(ErrorOf(Transact(request)), "");
  request.client_request_token = std::string(37, 'x');
  EXPECT_THAT(ErrorOf(Transact(request)), testing::HasSubstr("clientRequestToken"));
}

TEST_F(TransactWrite, TwoOfOneTokenInOneCommitWriteOnce) {
  TransactWriteItemsRequest request{
      .items = {UpdateItemRequest{.table = "one",
                                  .key = Key("counter"),
                                  .update_expression = "ADD n :one",
                                  .placeholders = {.names = {}, .values = {{":one", Number(1)}}}}},
      .client_request_token = "token"};
  constexpr int kTimes = 50;
  std::promise<void> all;
  std::atomic<int> left = kTimes, failed = 0;
  for (int i = 0; i < kTimes; ++i) {
    engine().TransactWriteItems(request, [&](auto result) {
      if (!result) ++failed;
      if (--left == 0) all.set_value();
    });
  }
  all.get_future().wait();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(Get("one", Key("counter")), (Item{{"n", Number(1)}, {"pk", "counter"}}));
}

}  // namespace
}  // namespace cruddur::engine
