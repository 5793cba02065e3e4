#include "engine/update_table_throughput.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/table_checks.h"
#include "engine/table_settings.h"
#include "engine/throughput_changes.h"
#include "engine/update_table_indexes.h"

namespace cruddur::engine {
namespace {

using model::BillingMode;
using model::IndexDescription;
using model::Invalid;
using model::TableDescription;
using model::UpdateTableRequest;

DbStatus InvalidParameter(std::string_view text) {
  return Invalid(fmt::format("One or more parameter values were invalid: {}", text));
}

void MakeOnDemand(TableDescription& table, base::Micros now) {
  table.billing = BillingMode::kPayPerRequest;
  table.on_demand_since = now;
  table.throughput = {};
  const model::Throughput warm = InitialWarmThroughput(table.billing, {});
  RaiseWarmThroughput(table.warm, warm);
  for (IndexDescription& index : table.indexes) {
    index.throughput = {};
    if (index.global) RaiseWarmThroughput(index.warm, warm);
  }
}

DbStatus SameThroughput(std::string_view what, std::string_view again,
                        const model::Throughput& throughput) {
  return Invalid(fmt::format(
      "The provisioned throughput for {0} will not change. The requested value equals the "
      "current value. Current ReadCapacityUnits provisioned for {1}: {2}. Requested "
      "ReadCapacityUnits: {2}. Current WriteCapacityUnits provisioned for {1}: {3}. Requested "
      "WriteCapacityUnits: {3}. Refer to the Amazon DynamoDB Developer Guide for current limits "
      "and how to request higher limits.",
      what, again, throughput.read_units, throughput.write_units));
}

DbStatus ChangeIndex(const model::IndexUpdate& update, BillingMode billing, base::Micros now,
                     IndexDescription& index) {
  if (update.throughput) {
    if (billing == BillingMode::kPayPerRequest) {
      return InvalidParameter(
          fmt::format("The only Updates for index: {} when TableThroughputMode is "
                      "PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput",
                      update.name));
    }
    if (index.throughput == *update.throughput) {
      const std::string what = "index " + update.name;
      return SameThroughput("the " + what, what, index.throughput);
    }
    // With the billing mode it comes anew.
    if (index.throughput != model::Throughput()) {
      TRY(NoteThroughputChange(index.throughput, *update.throughput, now,
                               index.throughput_changes));
    }
    index.throughput = *update.throughput;
    RaiseWarmThroughput(index.warm, index.throughput);
  }
  if (update.on_demand) {
    TRY(ChangeOnDemandThroughput(update.name, billing, *update.on_demand, index.on_demand));
  }
  return update.warm ? ChangeWarmThroughput(update.name, *update.warm, index.warm) : DbStatus();
}

DbStatus ChangeIndexes(const UpdateTableRequest& request, TableDescription& table,
                       base::Micros now) {
  for (const model::IndexUpdate& update : request.update_indexes) {
    const auto index = std::ranges::find(table.indexes, update.name, &IndexDescription::name);
    if (index == table.indexes.end()) {
      return NoSuchIndex(update.name, request.table);
    }
    if (!index->global) {
      return Invalid("Cannot update an index that is not a GlobalSecondaryIndex: " + update.name);
    }
    TRY(ChangeIndex(update, table.billing, now, *index));
  }
  return {};
}

}  // namespace

DbStatus ChangeThroughput(const UpdateTableRequest& request, base::Micros now,
                          TableDescription& table) {
  const BillingMode billing = request.billing.value_or(table.billing);
  const bool switched = billing != table.billing;
  if (billing == BillingMode::kPayPerRequest) {
    TRY(CheckThroughput(billing, request.throughput));
    if (switched) MakeOnDemand(table, now);
    return ChangeIndexes(request, table, now);
  }
  if (request.billing && !request.throughput) {
    return InvalidParameter(
        "ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  }
  if (request.throughput) TRY(CheckThroughput(billing, request.throughput));
  if (request.throughput) {
    if (!switched && *request.throughput == table.throughput) {
      return SameThroughput("the table", "the table", table.throughput);
    }
    if (!switched) {
      TRY(NoteThroughputChange(table.throughput, *request.throughput, now,
                               table.throughput_changes));
    }
    table.throughput = *request.throughput;
    RaiseWarmThroughput(table.warm, table.throughput);
  }
  table.billing = billing;
  if (switched) {
    table.on_demand = {};
    for (IndexDescription& index : table.indexes) index.on_demand = {};
  }
  TRY(ChangeIndexes(request, table, now));
  for (const IndexDescription& index : table.indexes) {
    if (!index.global || index.throughput != model::Throughput()) continue;
    return InvalidParameter(
        fmt::format("ProvisionedThroughput must be specified for index: {}", index.name));
  }
  return {};
}

}  // namespace cruddur::engine
