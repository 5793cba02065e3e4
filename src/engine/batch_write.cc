#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>
#include <vector>

#include "engine/bound_tables.h"
#include "engine/field_checks.h"
#include "engine/item_action.h"
#include "engine/item_writes.h"
#include "engine/throughput.h"

namespace cruddur::engine {
namespace {

using model::BatchWriteItemRequest;
using model::BatchWriteItemResponse;
using model::Invalid;

constexpr size_t kMaxWrites = 25;

DbStatus CheckFields(const BatchWriteItemRequest& request) {
  if (request.tables.empty()) {
    return Invalid("The requestItems parameter is required for BatchWriteItem");
  }
  FieldChecks fields;
  size_t total = 0;
  for (const auto& [table, writes] : request.tables) {
    fields.TableName(table, "requestItems");
    fields.Length(fmt::format("requestItems.{}.member", table), writes.empty() ? "'[]'" : "'[...]'",
                  writes.size(), 1, kMaxWrites);
    total += writes.size();
  }
  TRY(fields.Result());
  if (total > kMaxWrites) return Invalid("Too many items requested for the BatchWriteItem call");
  return {};
}

// All of a batch goes into one commit: DynamoDB promises less.
class BatchWriteOperation final : public WriteOperation {
 public:
  BatchWriteOperation(BatchWriteItemRequest request, Done<BatchWriteItemResponse> done)
      : meter_(request.return_consumed_capacity),
        request_(std::move(request)),
        done_(std::move(done)) {}

  bool Check(const CatalogSnapshot& catalog) {
    outcome_ = CheckAll(catalog);
    if (outcome_) return true;
    Finish({});
    return false;
  }

  void Evaluate(Commit& commit) override {
    outcome_ = EvaluateAll(commit);
    if (!outcome_) return;
    for (ItemAction& action : actions_) {
      if (!left_.contains(&action)) action.Apply(commit, meter_, false);
    }
  }

  void Finish(const DbStatus& outcome) override {
    if (!outcome) return done_(std::unexpected(outcome.error()));
    if (!outcome_) return done_(std::unexpected(std::move(outcome_).error()));
    BatchWriteItemResponse response;
    response.consumed_capacity = meter_.TakeAll();
    for (const ItemAction& action : actions_) {
      if (left_.contains(&action)) {
        AddUnprocessed(action, response);
        continue;
      }
      auto metrics = action.CollectionMetrics();
      if (!metrics) continue;
      auto& all = response.item_collection_metrics;
      if (all.empty() || all.back().first != action.table_name()) {
        all.emplace_back(action.table_name(), std::vector<model::ItemCollectionMetrics>());
      }
      all.back().second.push_back(*std::move(metrics));
    }
    done_(std::move(response));
  }

  size_t Bytes() const override { return bytes_; }

 private:
  DbStatus CheckAll(const CatalogSnapshot& catalog) {
    TRY(CheckFields(request_));
    for (auto& [table, writes] : request_.tables) {
      for (model::BatchWrite& write : writes) AddAction(table, write);
    }
    for (ItemAction& action : actions_) {
      bytes_ += action.Bytes();
      TRY(action.Prepare());
      TRY(action.CheckSize());
    }
    for (ItemAction& action : actions_) TRY(BindTo(catalog, action));
    return CheckDistinct();
  }

  void AddAction(const std::string& table, model::BatchWrite& write) {
    if (write.put) {
      model::PutItemRequest put{.table = table, .item = std::move(write.item)};
      put.return_metrics = request_.return_metrics;
      actions_.emplace_back(std::move(put)).SetSource(ItemSource::kBatchPut);
    } else {
      model::DeleteItemRequest remove{.table = table, .key = std::move(write.item)};
      remove.return_metrics = request_.return_metrics;
      actions_.emplace_back(std::move(remove));
    }
  }

  DbStatus CheckDistinct() const {
    std::vector<std::string_view> keys;
    for (const ItemAction& action : actions_) keys.push_back(action.key());
    std::ranges::sort(keys);
    if (std::ranges::adjacent_find(keys) == keys.end()) return {};
    return Invalid("Provided list of item keys contains duplicates");
  }

  DbStatus EvaluateAll(const Commit& commit) {
    left_.clear();
    size_t throttled = 0;
    for (ItemAction& action : actions_) {
      TRY(BindTo(commit.catalog(), action));
      DbStatus status = action.Admit();
      const bool conflicts = status && request_.may_conflict && commit.IsHeld(action.key());
      if (status && !conflicts) status = action.Evaluate(commit, /*transactional=*/false);
      const bool refused = !status && IsThrottled(status.error());
      if (conflicts || refused) {
        left_.insert(&action);
        throttled += refused;
        // There was no throughput for any of them.
        if (throttled == actions_.size()) return status;
        continue;
      }
      TRY(std::move(status));
    }
    return {};
  }

  static void AddUnprocessed(const ItemAction& action, BatchWriteItemResponse& response) {
    auto& tables = response.unprocessed;
    if (tables.empty() || tables.back().first != action.table_name()) {
      tables.emplace_back(action.table_name(), std::vector<model::BatchWrite>());
    }
    tables.back().second.push_back(
        {.put = action.kind() == ActionKind::kPut, .item = action.item()});
  }

  CapacityMeter meter_;
  BatchWriteItemRequest request_;
  std::deque<ItemAction> actions_;    // they don't move
  std::set<const ItemAction*> left_;  // to be answered as unprocessed
  size_t bytes_ = 0;
  Done<BatchWriteItemResponse> done_;
  DbStatus outcome_;
};

}  // namespace

void SubmitBatch(const WriteContext& context, BatchWriteItemRequest request,
                 Done<BatchWriteItemResponse> done) {
  auto write = std::make_unique<BatchWriteOperation>(std::move(request), std::move(done));
  if (write->Check(*context.catalog.Snapshot())) context.committer.Submit(std::move(write));
}

}  // namespace cruddur::engine
