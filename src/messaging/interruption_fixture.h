// Of the tests: a Client between the service and its store that fails where a test wants it to.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "dynamo/forwarding_client_fixture.h"
#include "model/error_details.h"

namespace cruddur::messaging {

using base::Task;
using model::DbErrorCode;
using model::DbResult;

// What happens to a call. kLost: the store does it, but the answer never arrives.
enum class Fate { kPasses, kFails, kLost };

class InterruptedClient : public dynamo::ForwardingClient {
 public:
  // `fate(n, key)` decides about the n-th call, from 1; `key` is the partition key that it is
  // about, where there is one.
  using Decide = std::function<Fate(int call, std::string_view key)>;

  InterruptedClient(dynamo::Client& store, Decide decide, bool transactions = true)
      : ForwardingClient(store), decide_(std::move(decide)), transactions_(transactions) {}

  int calls() const { return calls_; }
  bool busy() const { return under_way_ > 0; }  // the store is about a call

  // From now on the store cancels all transactions, and gives `reason` for their first action.
  // Empty: no longer.
  void CancelTransactions(std::string reason) { cancellation_ = std::move(reason); }
  int cancelled() const { return cancelled_; }

  Task<DbResult<model::GetItemResponse>> GetItem(model::GetItemRequest r) override {
    auto key = PartitionOf(r.key);
    return Do(std::move(key), store_.GetItem(std::move(r)));
  }
  Task<DbResult<model::WriteItemResponse>> PutItem(model::PutItemRequest r) override {
    auto key = PartitionOf(r.item);
    return Do(std::move(key), store_.PutItem(std::move(r)));
  }
  Task<DbResult<model::WriteItemResponse>> DeleteItem(model::DeleteItemRequest r) override {
    auto key = PartitionOf(r.key);
    return Do(std::move(key), store_.DeleteItem(std::move(r)));
  }
  Task<DbResult<model::WriteItemResponse>> UpdateItem(model::UpdateItemRequest r) override {
    auto key = PartitionOf(r.key);
    return Do(std::move(key), store_.UpdateItem(std::move(r)));
  }
  Task<DbResult<model::PageResponse>> Query(model::QueryRequest r) override {
    return Do("", store_.Query(std::move(r)));
  }
  Task<DbResult<model::PageResponse>> Scan(model::ScanRequest r) override {
    return Do("", store_.Scan(std::move(r)));
  }
  Task<DbResult<model::BatchGetItemResponse>> BatchGetItem(model::BatchGetItemRequest r) override {
    return Do("", store_.BatchGetItem(std::move(r)));
  }
  Task<DbResult<model::BatchWriteItemResponse>> BatchWriteItem(
      model::BatchWriteItemRequest r) override {
    return Do("", store_.BatchWriteItem(std::move(r)));
  }
  Task<DbResult<model::TransactGetItemsResponse>> TransactGetItems(
      model::TransactGetItemsRequest r) override {
    return Do("", store_.TransactGetItems(std::move(r)));
  }
  Task<DbResult<model::TransactWriteItemsResponse>> TransactWriteItems(
      model::TransactWriteItemsRequest r) override {
    if (!transactions_) return NoTransactions();
    if (!cancellation_.empty()) return Cancelled(r.items.size());
    return Do("", store_.TransactWriteItems(std::move(r)));
  }

 protected:
  // Awaited before each call is decided about: who explores schedules makes calls wait here.
  virtual Task<void> Arrive() { co_return; }

 private:
  static std::string PartitionOf(const model::Item& item) {
    return std::string(item.FindString("pk"));
  }
  static Task<DbResult<model::TransactWriteItemsResponse>> NoTransactions() {
    co_return model::DbFail(DbErrorCode::kUnknownOperation, "");
  }

  Task<DbResult<model::TransactWriteItemsResponse>> Cancelled(size_t actions) {
    ++cancelled_;
    auto details = std::make_shared<model::DbErrorDetails>();
    details->reasons.resize(actions);
    details->reasons.front().code = cancellation_;
    co_return std::unexpected(
        model::DbError{DbErrorCode::kTransactionCanceled, "Transaction cancelled", details});
  }

  // A task that isn't awaited never starts: the call isn't made.
  template <class T>
  Task<DbResult<T>> Do(std::string key, Task<DbResult<T>> call) {
    co_await Arrive();
    const Fate fate = decide_(++calls_, key);
    if (fate == Fate::kFails) co_return model::DbFail(DbErrorCode::kUnreachable, "cut off");
    ++under_way_;
    auto result = co_await std::move(call);
    --under_way_;
    if (fate == Fate::kLost) co_return model::DbFail(DbErrorCode::kUnreachable, "answer lost");
    co_return result;
  }

  const Decide decide_;
  const bool transactions_;
  std::atomic<int> calls_{0}, under_way_{0};
  std::string cancellation_;
  std::atomic<int> cancelled_{0};
};

}  // namespace cruddur::messaging
