// Requests that are under way at the same time as a transaction, and share an item with it.
#include <gmock/gmock.h>

#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::ConditionCheck;
using model::DbErrorCode;
using model::Item;
using model::Number;
using model::PutItemRequest;
using model::TransactWriteItemsRequest;
using model::UpdateItemRequest;
using testing::ElementsAre;

constexpr char kOngoing[] = "Transaction is ongoing for the item";

class TransactionConflict : public EngineFixture {
 protected:
  TransactionConflict() { Create({.table = "items", .keys = {{{"pk", model::Type::kS}}, {}}}); }

  static Item Key(const char* pk) { return {{"pk", pk}}; }
  static UpdateItemRequest AddOne(const char* pk, bool may_conflict = true) {
    return {.table = "items",
            .key = Key(pk),
            .update_expression = "ADD n :one",
            .placeholders = {.names = {}, .values = {{":one", Number(1)}}},
            .may_conflict = may_conflict};
  }
  static TransactWriteItemsRequest Adding(std::vector<const char*> keys) {
    TransactWriteItemsRequest request{.may_conflict = true};
    for (const char* key : keys) request.items.push_back(AddOne(key));
    return request;
  }

  // Runs `submit` where all that it submits is in one commit: on the committer's thread, which
  // takes nothing up meanwhile.
  template <class Submit>
  void Together(Submit submit) {
    std::promise<void> submitted;
    engine().PutItem({.table = "items", .item = Key("-")}, [&](auto) {
      submit();
      submitted.set_value();
    });
    submitted.get_future().wait();
    MustPut("items", Key("-"));  // comes behind them
  }
  template <class T>
  static Done<T> Into(std::optional<DbResult<T>>& result) {
    return [&result](DbResult<T> got) { result = std::move(got); };
  }
  int64_t CountOf(const char* pk) {
    int64_t value = 0;
    const auto item = Get("items", Key(pk));
    const auto* number = item ? item->Find("n") : nullptr;
    if (number != nullptr) (void)number->As<Number>()->AsInt64(value);
    return value;
  }
  template <class T>
  static std::vector<std::string> Codes(const DbResult<T>& result) {
    std::vector<std::string> codes;
    if (result || result.error().details == nullptr) return codes;
    for (const auto& reason : result.error().details->reasons) codes.push_back(reason.code);
    return codes;
  }

  std::optional<DbResult<model::TransactWriteItemsResponse>> first_, second_, third_;
  std::optional<DbResult<model::WriteItemResponse>> write_, other_write_;
};

TEST_F(TransactionConflict, RefusesASingleWriteOfAnItem) {
  Together([&] {
    engine().UpdateItem(AddOne("a"), Into(other_write_));
    engine().TransactWriteItems(Adding({"a", "b"}), Into(first_));
    engine().UpdateItem(AddOne("a"), Into(write_));
  });
  EXPECT_TRUE(*other_write_) << "it came before the transaction";
  EXPECT_TRUE(*first_);
  ASSERT_FALSE(*write_);
  EXPECT_EQ(write_->error().code, DbErrorCode::kTransactionConflict);
  EXPECT_EQ(write_->error().message, kOngoing);
  EXPECT_EQ(CountOf("a"), 2);
  EXPECT_TRUE(Update(AddOne("a"))) << "the transaction is over";
}

TEST_F(TransactionConflict, CancelsASecondTransaction) {
  Together([&] {
    engine().TransactWriteItems(Adding({"a", "b"}), Into(first_));
    engine().TransactWriteItems(Adding({"c", "b", "d"}), Into(second_));
    engine().TransactWriteItems(Adding({"c", "d"}), Into(third_));
  });
  EXPECT_TRUE(*first_);
  ASSERT_FALSE(*second_);
  EXPECT_EQ(second_->error().code, DbErrorCode::kTransactionCanceled);
  EXPECT_EQ(second_->error().message,
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
            "TransactionConflict, None]");
  EXPECT_THAT(Codes(*second_), ElementsAre("None", "TransactionConflict", "None"));
  EXPECT_EQ(second_->error().details->reasons[1].message, kOngoing);
  EXPECT_TRUE(*third_) << "one that was canceled holds nothing";
  EXPECT_EQ(CountOf("b"), 1);
  EXPECT_EQ(CountOf("c"), 1);
}

TEST_F(TransactionConflict, AConditionCheckHoldsItsItemToo) {
  TransactWriteItemsRequest checking{.may_conflict = true};
  checking.items = {ConditionCheck{
      .table = "items", .key = Key("a"), .condition_expression = "attribute_not_exists(pk)"}};
  Together([&] {
    engine().TransactWriteItems(checking, Into(first_));
    engine().UpdateItem(AddOne("a"), Into(write_));
  });
  EXPECT_TRUE(*first_);
  ASSERT_FALSE(*write_);
  EXPECT_EQ(write_->error().code, DbErrorCode::kTransactionConflict);
}

TEST_F(TransactionConflict, IsToldBeforeAFailedCondition) {
  Together([&] {
    engine().TransactWriteItems(Adding({"a"}), Into(first_));
    engine().PutItem({.table = "items",
                      .item = Key("a"),
                      .condition_expression = "attribute_not_exists(pk)",
                      .may_conflict = true},
                     Into(write_));
  });
  ASSERT_FALSE(*write_);
  EXPECT_EQ(write_->error().code, DbErrorCode::kTransactionConflict);
}

TEST_F(TransactionConflict, LeavesABatchsWriteUnprocessed) {
  std::optional<DbResult<model::BatchWriteItemResponse>> batch;
  Together([&] {
    engine().TransactWriteItems(Adding({"a"}), Into(first_));
    engine().BatchWriteItem(
        {.tables = {{"items", {{.item = Key("a")}, {.item = Key("b")}}}}, .may_conflict = true},
        Into(batch));
  });
  ASSERT_TRUE(*batch);
  ASSERT_EQ((*batch)->unprocessed.size(), 1u);
  EXPECT_EQ((*batch)->unprocessed[0].second.at(0).item, Key("a"));
  EXPECT_TRUE(Get("items", Key("b")));
  EXPECT_EQ(CountOf("a"), 1);
}

TEST_F(TransactionConflict, IsToldOfPartiqlStatements) {
  std::optional<DbResult<model::ExecuteStatementResponse>> statement;
  std::optional<DbResult<model::BatchExecuteStatementResponse>> batch;
  std::optional<DbResult<model::ExecuteTransactionResponse>> transaction;
  const model::ParameterizedStatement remove{.statement = "DELETE FROM items WHERE pk = 'a'"};
  Together([&] {
    engine().TransactWriteItems(Adding({"a"}), Into(first_));
    engine().ExecuteStatement({.statement = remove, .may_conflict = true}, Into(statement));
    engine().BatchExecuteStatement({.statements = {remove}, .may_conflict = true}, Into(batch));
    engine().ExecuteTransaction({.statements = {remove}, .may_conflict = true}, Into(transaction));
  });
  ASSERT_FALSE(*statement);
  EXPECT_EQ(statement->error().code, DbErrorCode::kTransactionConflict);
  ASSERT_TRUE(*batch);
  ASSERT_TRUE((*batch)->responses.at(0).error);
  EXPECT_EQ((*batch)->responses[0].error->code, DbErrorCode::kTransactionConflict);
  EXPECT_THAT(Codes(*transaction), ElementsAre("TransactionConflict"));
}

TEST_F(TransactionConflict, ATokenThatIsUnderWayIsSaidToBe) {
  TransactWriteItemsRequest request = Adding({"a"});
  request.client_request_token = "token";
  TransactWriteItemsRequest other = Adding({"b"});
  other.client_request_token = "token";
  Together([&] {
    engine().TransactWriteItems(request, Into(first_));
    engine().TransactWriteItems(request, Into(second_));
    engine().TransactWriteItems(other, Into(third_));
  });
  EXPECT_TRUE(*first_);
  ASSERT_FALSE(*second_);
  EXPECT_EQ(second_->error().code, DbErrorCode::kTransactionInProgress);
  EXPECT_EQ(second_->error().message, "Transaction from previous request is still in progress");
  ASSERT_FALSE(*third_);
  EXPECT_EQ(third_->error().code, DbErrorCode::kIdempotentParameterMismatch);
  EXPECT_TRUE(Transact(request));
  EXPECT_EQ(CountOf("a"), 1);
}

TEST_F(TransactionConflict, NobodyIsRefusedInProcess) {
  TransactWriteItemsRequest quiet = Adding({"a"});
  quiet.may_conflict = false;
  Together([&] {
    engine().TransactWriteItems(Adding({"a"}), Into(first_));
    engine().TransactWriteItems(quiet, Into(second_));
    engine().UpdateItem(AddOne("a", /*may_conflict=*/false), Into(write_));
  });
  EXPECT_TRUE(*first_);
  EXPECT_TRUE(*second_);
  EXPECT_TRUE(*write_);
  EXPECT_EQ(CountOf("a"), 3);
  Together([&] {
    engine().TransactWriteItems(quiet, Into(second_));
    engine().UpdateItem(AddOne("a"), Into(write_));
  });
  EXPECT_TRUE(*write_) << "a transaction in process holds nothing";
}

}  // namespace
}  // namespace cruddur::engine
