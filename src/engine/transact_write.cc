#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "engine/bound_tables.h"
#include "engine/field_checks.h"
#include "engine/item_action.h"
#include "engine/item_writes.h"
#include "engine/throughput.h"
#include "engine/tokens.h"
#include "engine/transaction_errors.h"

namespace cruddur::engine {
namespace {

using model::DbErrorCode;
using model::Invalid;
using model::TransactWriteItemsRequest;
using model::TransactWriteItemsResponse;

constexpr size_t kMaxActions = 100;
constexpr size_t kMaxTokenCharacters = 36;
constexpr uint64_t kMaxTransactionBytes = 4 * 1024 * 1024;

std::string_view MemberOf(ActionKind kind) {
  switch (kind) {
    case ActionKind::kPut:
      return "put";
    case ActionKind::kDelete:
      return "delete";
    case ActionKind::kUpdate:
      return "update";
    case ActionKind::kConditionCheck:
      return "conditionCheck";
  }
  return {};
}

// How one action's failure is told among the reasons. Nothing: it fails the request as a whole.
std::optional<model::CancellationReason> ReasonOf(const model::DbError& error) {
  // AWS looks for these before it begins the transaction.
  if (error.reason == model::DbErrorReason::kEmptyKey) return std::nullopt;
  if (error.code == DbErrorCode::kValidation) {
    return model::CancellationReason{"ValidationError", error.message, std::nullopt};
  }
  if (error.code == DbErrorCode::kConditionalCheckFailed) {
    return model::CancellationReason{"ConditionalCheckFailed", error.message,
                                     error.details ? error.details->item : std::nullopt};
  }
  if (IsThrottled(error)) return ThrottledReason(error);
  if (error.code == DbErrorCode::kTransactionConflict) {
    return model::CancellationReason{"TransactionConflict", error.message, std::nullopt};
  }
  if (error.code == DbErrorCode::kDuplicateItem) {
    return model::CancellationReason{"DuplicateItem", error.message, std::nullopt};
  }
  return std::nullopt;
}

class TransactWriteOperation final : public WriteOperation {
 public:
  TransactWriteOperation(TransactWriteItemsRequest request, Done<TransactWriteItemsResponse> done)
      : token_(std::move(request.client_request_token)),
        wanted_(request.return_consumed_capacity),
        broken_(std::move(request.broken)),
        may_conflict_(request.may_conflict),
        meter_(wanted_, true),
        done_(std::move(done)) {
    for (model::TransactWrite& write : request.items) {
      std::visit([&](auto& action) { Add(std::move(action), request.return_metrics); }, write);
    }
  }

  TransactWriteOperation(std::vector<CompiledWrite> writes, std::string token,
                         model::ReturnConsumedCapacity wanted, bool may_conflict,
                         Done<TransactWriteItemsResponse> done)
      : token_(std::move(token)),
        wanted_(wanted),
        may_conflict_(may_conflict),
        meter_(wanted_, true),
        done_(std::move(done)) {
    for (CompiledWrite& write : writes) Add(std::move(write));
  }

  bool Check(const CatalogSnapshot& catalog) {
    outcome_ = CheckAll(catalog);
    if (outcome_) return true;
    Finish({});
    return false;
  }

  void Evaluate(Commit& commit) override {
    auto replayed = IsReplay(commit);
    if (!replayed) {
      outcome_ = std::unexpected(std::move(replayed).error());
      return;
    }
    if (*replayed) return;
    outcome_ = ForEach([&](ItemAction& action) -> DbStatus {
      TRY(BindTo(commit.catalog(), action));
      return action.Admit();
    });
    if (!outcome_) return;
    uint64_t bytes = 0;
    outcome_ = ForEach([&](ItemAction& action) -> DbStatus {
      if (bytes > kMaxTransactionBytes) return {};  // refused below: no more items are loaded
      if (may_conflict_) TRY(CheckNotHeld(commit, action.key()));
      TRY(action.Evaluate(commit, /*transactional=*/true));
      bytes += std::max(action.before().size(), action.size_after());
      return {};
    });
    if (bytes > kMaxTransactionBytes) {
      outcome_ = Invalid("The aggregate size of the items in the transaction cannot exceed 4 MB");
    }
    if (!outcome_) return;
    for (ItemAction& action : actions_) {
      action.Apply(commit, meter_, true);
      if (may_conflict_) commit.Hold(action.key());
    }
    RememberToken(commit);
  }

  void Finish(const DbStatus& outcome) override {
    if (!outcome) return done_(std::unexpected(outcome.error()));
    if (!outcome_) return done_(std::unexpected(std::move(outcome_).error()));
    TransactWriteItemsResponse response;
    response.consumed_capacity = meter_.TakeAll();
    for (const ItemAction& action : actions_) {
      auto metrics = action.CollectionMetrics();
      if (!metrics) continue;
      auto& all = response.item_collection_metrics;
      const auto same = [&](const auto& table) { return table.first == action.table_name(); };
      auto found = std::ranges::find_if(all, same);
      if (found == all.end()) found = all.insert(all.end(), {action.table_name(), {}});
      found->second.push_back(*std::move(metrics));
    }
    done_(std::move(response));
  }

  size_t Bytes() const override { return bytes_; }

 private:
  template <class Write>
  void Add(Write write) {
    ItemAction& action = actions_.emplace_back(std::move(write));
    if (action.kind() == ActionKind::kUpdate) action.SetSource(ItemSource::kTransactUpdate);
    bytes_ += action.Bytes();
  }
  template <class Request>
  void Add(Request request, model::ReturnItemCollectionMetrics metrics) {
    if constexpr (!std::is_same_v<Request, model::ConditionCheck>) {
      request.return_values = model::ReturnValues::kNone;
      request.return_metrics = metrics;
    }
    Add(std::move(request));
  }

  DbStatus CheckAll(const CatalogSnapshot& catalog) {
    FieldChecks fields;
    const size_t count = actions_.size();
    fields.Length("transactItems", count == 0 ? "'[]'" : "'[...]'", count, 1, kMaxActions);
    for (size_t i = 0; i < std::min(count, kMaxActions); ++i) {
      if (IsBroken(i) && !broken_->behind_expressions) continue;  // it may not even name a table
      fields.TableName(actions_[i].table_name(), fmt::format("transactItems.{}.member.{}.tableName",
                                                             i + 1, MemberOf(actions_[i].kind())));
    }
    fields.Length("clientRequestToken", fmt::format("'{}'", token_), token_.size(), 0,
                  kMaxTokenCharacters);
    TRY(fields.Result());
    for (size_t i = 0; i < count; ++i) TRY(Prepare(i));
    for (const ItemAction& action : actions_) TRY(TableForWrite(catalog, action.table_name()));
    TRY(ForEach([&](ItemAction& action) { return BindTo(catalog, action); }));
    return CheckDistinct();
  }

  bool IsBroken(size_t i) const { return broken_ && broken_->item == i; }

  // An action is checked for itself before the next one is looked at.
  DbStatus Prepare(size_t i) {
    if (IsBroken(i) && !broken_->behind_expressions) return std::unexpected(broken_->error);
    TRY(actions_[i].Prepare());
    if (IsBroken(i)) return std::unexpected(broken_->error);
    return actions_[i].CheckSize();
  }

  DbStatus CheckDistinct() const {
    std::vector<std::string_view> keys;
    for (const ItemAction& action : actions_) keys.push_back(action.key());
    std::ranges::sort(keys);
    if (std::ranges::adjacent_find(keys) == keys.end()) return {};
    return Invalid("Transaction request cannot include multiple operations on one item");
  }

  // Takes the step for every action, and cancels the transaction if it fails for any.
  template <class Step>
  DbStatus ForEach(Step step) {
    std::vector<model::CancellationReason> reasons(actions_.size());
    bool canceled = false;
    for (size_t i = 0; i < actions_.size(); ++i) {
      DbStatus status = step(actions_[i]);
      if (status) continue;
      auto reason = ReasonOf(status.error());
      if (!reason) return status;
      reasons[i] = *std::move(reason);
      canceled = true;
    }
    if (canceled) return std::unexpected(TransactionCanceled(std::move(reasons)));
    return {};
  }

  std::string Fingerprint() const {
    std::string all;
    for (const ItemAction& action : actions_) action.AppendFingerprint(all);
    return all;
  }

  // True: the same request was carried out already, and is answered as that was.
  DbResult<bool> IsReplay(const Commit& commit) {
    if (token_.empty()) return false;
    fingerprint_ = FingerprintOf(Fingerprint());
    TRY_ASSIGN(const auto row, commit.ReadToken(token_));
    if (!row) return false;
    const auto token = DecodeToken(*row);
    if (!token || token->expires <= commit.now()) return false;
    if (token->fingerprint != fingerprint_) {
      return model::DbFail(DbErrorCode::kIdempotentParameterMismatch,
                           "Specified idempotent token was used with different request parameters "
                           "within the idempotency window");
    }
    if (may_conflict_ && commit.IsFreshToken(token_)) {
      return model::DbFail(DbErrorCode::kTransactionInProgress,
                           "Transaction from previous request is still in progress");
    }
    TRY(PayForReplay(commit.catalog(), *token));
    return true;
  }

  // A replay reads the items, at a transaction's price. Tables may be gone by now.
  DbStatus PayForReplay(const CatalogSnapshot& catalog, const TokenRow& token) {
    TRY(ForEach([&](const ItemAction& action) -> DbStatus {
      const auto table = catalog.FindTable(action.table_name());
      return table == nullptr ? DbStatus() : AdmitRead(*table);
    }));
    for (const auto& [name, count] : token.replay_units) {
      const auto units = static_cast<double>(count);
      meter_.AddTable(name, {.read = units});
      const auto table = catalog.FindTable(name);
      if (table != nullptr) Charge(*table, nullptr, UnitKind::kRead, units);
    }
    return {};
  }

  void RememberToken(Commit& commit) const {
    if (token_.empty()) return;
    TokenRow token{.expires = commit.now() + kTokenLifetime, .fingerprint = fingerprint_};
    CapacityMeter replay(model::ReturnConsumedCapacity::kTotal, true);
    for (const ItemAction& action : actions_) {
      const uint64_t blocks = ReadBlocks(action.size_after());
      replay.AddTable(action.table_name(), {.read = ReadUnits(blocks, ReadMode::kTransactional)});
    }
    for (const model::ConsumedCapacity& table : replay.TakeAll()) {
      token.replay_units.emplace_back(table.table_name, static_cast<uint32_t>(table.units.read));
    }
    commit.WriteToken(token_, EncodeToken(token));
  }

  const std::string token_;
  const model::ReturnConsumedCapacity wanted_;
  const std::optional<model::BrokenTransactWrite> broken_;
  const bool may_conflict_;
  CapacityMeter meter_;
  std::deque<ItemAction> actions_;  // they don't move
  size_t bytes_ = 0;
  std::array<uint64_t, 2> fingerprint_{};
  Done<TransactWriteItemsResponse> done_;
  DbStatus outcome_;
};

}  // namespace

void SubmitTransaction(const WriteContext& context, TransactWriteItemsRequest request,
                       Done<TransactWriteItemsResponse> done) {
  auto write = std::make_unique<TransactWriteOperation>(std::move(request), std::move(done));
  if (write->Check(*context.catalog.Snapshot())) context.committer.Submit(std::move(write));
}

void SubmitCompiledTransaction(const WriteContext& context, std::vector<CompiledWrite> writes,
                               std::string client_request_token,
                               model::ReturnConsumedCapacity return_consumed_capacity,
                               bool may_conflict, Done<TransactWriteItemsResponse> done) {
  auto write = std::make_unique<TransactWriteOperation>(
      std::move(writes), std::move(client_request_token), return_consumed_capacity, may_conflict,
      std::move(done));
  if (write->Check(*context.catalog.Snapshot())) context.committer.Submit(std::move(write));
}

}  // namespace cruddur::engine
