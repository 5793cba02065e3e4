#include <fmt/format.h>

#include <algorithm>

#include "engine/capacity.h"
#include "engine/field_checks.h"
#include "engine/item_read.h"
#include "engine/key_checks.h"
#include "engine/reader.h"
#include "engine/target.h"
#include "engine/throughput.h"
#include "engine/transaction_errors.h"

namespace cruddur::engine {
namespace {

using model::DbResult;
using model::DbStatus;
using model::Invalid;
using model::Item;
using model::TransactGet;
using model::TransactGetItemsRequest;
using model::TransactGetItemsResponse;

constexpr size_t kMaxGets = 100;
constexpr uint64_t kMaxTransactionBytes = 4 * 1024 * 1024;

DbStatus CheckFields(const TransactGetItemsRequest& request) {
  FieldChecks fields;
  const size_t count = request.items.size();
  fields.Length("transactItems", count == 0 ? "'[]'" : "'[...]'", count, 1, kMaxGets);
  for (size_t i = 0; i < std::min(count, kMaxGets); ++i) {
    fields.TableName(request.items[i].table,
                     fmt::format("transactItems.{}.member.get.tableName", i + 1));
  }
  return fields.Result();
}

// Of one table, two keys may not be the same.
DbStatus CheckDistinct(const std::vector<TransactGet>& gets) {
  std::vector<std::string_view> tables;
  for (const TransactGet& get : gets) tables.push_back(get.table);
  std::ranges::sort(tables);
  tables.erase(std::ranges::unique(tables).begin(), tables.end());
  for (std::string_view table : tables) {
    std::vector<const Item*> keys;
    for (const TransactGet& get : gets) {
      if (get.table == table) keys.push_back(&get.key);
    }
    if (HaveDuplicates(keys)) {
      return Invalid("Transaction request cannot include multiple operations on one item");
    }
  }
  return {};
}

// A key that doesn't fit cancels the transaction, with its error in its own place; an empty one is
// refused before that.
DbStatus CheckKeys(const std::vector<TransactGet>& gets,
                   const std::vector<std::shared_ptr<const TableState>>& tables) {
  std::vector<model::CancellationReason> reasons(gets.size());
  bool canceled = false;
  for (size_t i = 0; i < gets.size(); ++i) {
    const DbStatus status = CheckKey(gets[i].key, tables[i]->description.keys);
    if (status) continue;
    if (status.error().reason == model::DbErrorReason::kEmptyKey) return status;
    reasons[i] = {.code = "ValidationError", .message = status.error().message, .item = {}};
    canceled = true;
  }
  if (!canceled) return {};
  return std::unexpected(TransactionCanceled(std::move(reasons)));
}

// So does a table whose throughput is used up.
DbStatus AdmitAll(const std::vector<std::shared_ptr<const TableState>>& tables) {
  std::vector<model::CancellationReason> reasons(tables.size());
  bool canceled = false;
  for (size_t i = 0; i < tables.size(); ++i) {
    const DbStatus status = AdmitRead(*tables[i]);
    if (status) continue;
    reasons[i] = ThrottledReason(status.error());
    canceled = true;
  }
  if (!canceled) return {};
  return std::unexpected(TransactionCanceled(std::move(reasons)));
}

}  // namespace

DbResult<TransactGetItemsResponse> Reader::TransactGetItems(
    const TransactGetItemsRequest& request) const {
  const std::vector<TransactGet>& gets = request.items;
  TRY(CheckFields(request));
  std::vector<GetProjection> projections;
  for (const TransactGet& get : gets) {
    TRY_ASSIGN(GetProjection projection,
               GetProjection::Compile(get.projection_expression, get.names));
    projections.push_back(std::move(projection));
  }
  TRY(CheckDistinct(gets));
  std::vector<std::shared_ptr<const TableState>> tables;
  for (const TransactGet& get : gets) {
    TRY_ASSIGN(auto table, FindTable(catalog_, get.table));
    tables.push_back(std::move(table));
  }
  TRY(CheckKeys(gets, tables));
  for (size_t i = 0; i < gets.size(); ++i) TRY(projections[i].Check(tables[i]->description));

  TRY(AdmitAll(tables));
  // A write becomes visible as a whole, so one moment of the store is a serializable view.
  const StorageSnapshot snapshot(storage_);
  TransactGetItemsResponse response;
  CapacityMeter meter(request.return_consumed_capacity, /*transactional=*/true);
  uint64_t bytes = 0;
  for (size_t i = 0; i < gets.size(); ++i) {
    TRY_ASSIGN(FoundItem found,
               ReadItem(storage_, *tables[i], gets[i].key, projections[i], &snapshot));
    bytes += found.size;
    if (bytes > kMaxTransactionBytes) {
      return Invalid("The aggregate size of the items in the transaction cannot exceed 4 MB");
    }
    const double units = ReadUnits(ReadBlocks(found.size), ReadMode::kTransactional);
    meter.AddTable(gets[i].table, {.read = units});
    Charge(*tables[i], nullptr, UnitKind::kRead, units);
    // Unlike GetItem's, an answer that the projection leaves empty isn't there.
    if (found.item && found.item->empty()) found.item.reset();
    response.items.push_back(std::move(found.item));
  }
  response.consumed_capacity = meter.TakeAll();
  return response;
}

}  // namespace cruddur::engine
