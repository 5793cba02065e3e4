#include "stream/lease_table.h"

#include <utility>

namespace cruddur::stream {
namespace {

using model::DbErrorCode;
using model::DbFail;

// A lease that changes more often while it is being written is under contention by a bug.
constexpr int kMaxTries = 3;

bool MayHaveHappened(const model::DbError& error) {
  return error.code == DbErrorCode::kUnreachable ||
         error.code == DbErrorCode::kInternalServerError ||
         error.code == DbErrorCode::kServiceUnavailable;
}

model::Item KeyOf(const std::string& key) {
  model::Item item;
  item.Set("leaseKey", key);
  return item;
}

model::DbResult<Lease> Read(const model::Item& item) {
  auto lease = LeaseOf(item);
  if (!lease) return DbFail(DbErrorCode::kValidation, lease.error().message);
  return *std::move(lease);
}

}  // namespace

LeaseTable::LeaseTable(dynamo::Client& client, std::string table, std::string worker)
    : client_(client), table_(std::move(table)), worker_(std::move(worker)) {}

base::Task<model::DbStatus> LeaseTable::Ensure() {
  auto description = co_await client_.DescribeTable(table_);
  if (!description && (description.error().code == DbErrorCode::kResourceNotFound ||
                       description.error().code == DbErrorCode::kTableNotFound)) {
    const model::KeyAttribute key{"leaseKey", model::Type::kS};
    model::CreateTableRequest request;
    request.table = table_;
    request.keys.partition = {key};
    request.attribute_definitions = {key};
    request.billing = model::BillingMode::kPayPerRequest;
    const auto made = co_await client_.CreateTable(std::move(request));
    // Another worker may have been first.
    if (!made && made.error().code != DbErrorCode::kResourceInUse) {
      co_return std::unexpected(made.error());
    }
    description = co_await client_.DescribeTable(table_);
  }
  if (!description) co_return std::unexpected(std::move(description).error());
  if (description->status != model::TableStatus::kCreating) co_return model::DbStatus();
  co_return DbFail(DbErrorCode::kResourceInUse, "the table " + table_ + " is being made");
}

base::Task<model::DbResult<std::vector<Lease>>> LeaseTable::List() {
  std::vector<Lease> leases;
  model::ScanRequest request{.table = table_};
  request.consistent_read = true;
  do {
    CO_TRY_ASSIGN(auto page, co_await client_.Scan(request));
    for (const model::Item& item : page.items) {
      CO_TRY_ASSIGN(auto lease, Read(item));
      leases.push_back(std::move(lease));
    }
    request.exclusive_start_key = std::move(page.last_evaluated_key);
  } while (!request.exclusive_start_key.empty());
  co_return leases;
}

base::Task<model::DbResult<std::optional<Lease>>> LeaseTable::Find(std::string key) {
  model::GetItemRequest request{.table = table_, .key = KeyOf(key)};
  request.consistent_read = true;
  CO_TRY_ASSIGN(const auto found, co_await client_.GetItem(std::move(request)));
  if (!found.item) co_return std::nullopt;
  CO_TRY_ASSIGN(auto lease, Read(*found.item));
  co_return lease;
}

base::Task<model::DbStatus> LeaseTable::Add(const Lease& lease) {
  model::PutItemRequest request{.table = table_, .item = ItemOf(lease)};
  request.condition_expression = "attribute_not_exists(leaseKey)";
  const auto put = co_await client_.PutItem(std::move(request));
  if (!put && put.error().code != DbErrorCode::kConditionalCheckFailed) {
    co_return std::unexpected(put.error());
  }
  co_return model::DbStatus();
}

base::Task<model::DbStatus> LeaseTable::Delete(const Lease& lease) {
  model::DeleteItemRequest request{.table = table_, .key = KeyOf(lease.key)};
  request.condition_expression = "leaseCounter = :counter";
  request.placeholders.values.Set(":counter", model::Number(lease.counter));
  const auto deleted = co_await client_.DeleteItem(std::move(request));
  if (!deleted && deleted.error().code != DbErrorCode::kConditionalCheckFailed) {
    co_return std::unexpected(deleted.error());
  }
  co_return model::DbStatus();
}

base::Task<model::DbStatus> LeaseTable::BeginTablePass() {
  model::UpdateItemRequest request{.table = table_, .key = KeyOf(std::string(kTableLeaseKey))};
  request.update_expression = "SET checkpoint = :begin ADD leaseCounter :one REMOVE leaseOwner";
  request.placeholders.values.Set(":begin", kTrimHorizon);
  request.placeholders.values.Set(":one", model::Number(1));
  CO_TRY(co_await client_.UpdateItem(std::move(request)));
  co_return model::DbStatus();
}

base::Task<model::DbResult<bool>> LeaseTable::Take(Lease& lease) {
  Lease wanted = lease;
  wanted.owner = worker_;
  return Write(lease, std::move(wanted), Condition::kUnchanged);
}

base::Task<model::DbResult<bool>> LeaseTable::Renew(Lease& lease, std::string checkpoint) {
  Lease wanted = lease;
  wanted.checkpoint = std::move(checkpoint);
  return Write(lease, std::move(wanted), Condition::kUnchangedAndOurs);
}

base::Task<model::DbResult<bool>> LeaseTable::Release(Lease& lease, std::string checkpoint) {
  Lease wanted = lease;
  wanted.owner.clear();
  wanted.checkpoint = std::move(checkpoint);
  return Write(lease, std::move(wanted), Condition::kUnchangedAndOurs);
}

base::Task<model::DbResult<bool>> LeaseTable::Write(Lease& lease, Lease wanted,
                                                    Condition condition) {
  const bool of_owner = condition == Condition::kUnchangedAndOurs;
  for (int tries = 1;; ++tries) {
    wanted.counter = lease.counter + 1;
    model::UpdateItemRequest request{.table = table_, .key = KeyOf(lease.key)};
    request.update_expression = "SET leaseCounter = :next, checkpoint = :checkpoint";
    *request.update_expression +=
        wanted.owner.empty() ? " REMOVE leaseOwner" : ", leaseOwner = :worker";
    request.condition_expression = "leaseCounter = :counter";
    if (of_owner) *request.condition_expression += " AND leaseOwner = :worker";
    auto& values = request.placeholders.values;
    values.Set(":next", model::Number(wanted.counter));
    values.Set(":counter", model::Number(lease.counter));
    values.Set(":checkpoint", wanted.checkpoint);
    values.Set(":worker", worker_);
    const auto written = co_await client_.UpdateItem(std::move(request));
    if (written) {
      lease = std::move(wanted);
      co_return true;
    }
    const bool failed = written.error().code == DbErrorCode::kConditionalCheckFailed;
    if (!failed && !MayHaveHappened(written.error())) co_return std::unexpected(written.error());

    // This write, or one before whose answer was lost, may have been done.
    CO_TRY_ASSIGN(auto found, co_await Find(lease.key));
    if (found && *found == wanted) {
      lease = std::move(wanted);
      co_return true;
    }
    if (!found || found->owner != worker_) {
      if (!found || failed || found->counter != lease.counter) co_return false;
      // Nobody's or another's as before, and the write wasn't done.
      if (tries == kMaxTries) co_return std::unexpected(written.error());
      continue;
    }
    // Ours, by what only this worker can have written: on from there.
    if (tries == kMaxTries) co_return std::unexpected(written.error());
    lease.counter = found->counter;
    lease.owner = worker_;
  }
}

}  // namespace cruddur::stream
