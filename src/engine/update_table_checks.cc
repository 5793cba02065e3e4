#include "engine/update_table_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/field_checks.h"
#include "engine/table_checks.h"
#include "engine/update_table_conflicts.h"

namespace cruddur::engine {
namespace {

using model::Invalid;
using model::UpdateTableRequest;

std::unexpected<model::DbError> InvalidParameter(std::string_view text) {
  return Invalid(fmt::format("One or more parameter values were invalid: {}", text));
}

// A change that AWS makes alone, and its name in the error.
struct LoneChange {
  bool wanted;
  std::string_view refusal;
};

DbStatus CheckLoneChanges(const UpdateTableRequest& request, int changes) {
  // In the order in which AWS looks at them.
  const LoneChange lone[] = {
      {request.encryption.has_value(),
       "Server-Side Encryption modification must be the only operation in the request"},
      {request.table_class.has_value(),
       "TableClass modification must be the only operation in the request"},
      {request.deletion_protection.has_value(),
       "DeletionProtection modification must be the only operation in the request"},
      {request.warm.has_value(),
       request.create_index ? "Create global secondary index cannot be specified when updating "
                              "WarmThroughput"
                            : "WarmThroughput must be the only operation in the request"},
  };
  for (const LoneChange& change : lone) {
    if (change.wanted && changes > 1) return InvalidParameter(change.refusal);
  }
  return {};
}

DbStatus CheckIndexUpdates(const UpdateTableRequest& request) {
  std::set<std::string_view> names;
  const auto once = [&](std::string_view name) -> DbStatus {
    if (names.insert(name).second) return {};
    return InvalidParameter(fmt::format(
        "Only one global secondary index update per index is allowed simultaneously. Index: {}",
        name));
  };
  if (request.create_index) TRY(once(request.create_index->name));
  if (request.delete_index) TRY(once(*request.delete_index));
  for (const model::IndexUpdate& update : request.update_indexes) TRY(once(update.name));
  if (request.create_index && request.delete_index) {
    return SecondOnlineIndex();
  }
  return {};
}

}  // namespace

DbStatus CheckUpdateTable(const UpdateTableRequest& request) {
  FieldChecks fields;
  fields.TableName(request.table);
  TRY(fields.Result());
  const bool indexes =
      request.create_index || request.delete_index || !request.update_indexes.empty();
  const bool stream = request.stream_enabled || request.stream_view;
  const int changes = request.billing.has_value() + request.throughput.has_value() + indexes +
                      stream + request.deletion_protection.has_value() +
                      request.table_class.has_value() + request.on_demand.has_value() +
                      request.warm.has_value() + request.encryption.has_value();
  if (changes == 0) {
    return Invalid(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
        "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, "
        "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, "
        "OnDemandThroughput, WarmThroughput or TableClass is required");
  }
  if (request.empty_index_updates) {
    return InvalidParameter("List of GlobalSecondaryIndexUpdates is empty");
  }
  if (request.throughput) TRY(CheckUnits(*request.throughput, "provisionedThroughput"));
  for (const model::IndexUpdate& update : request.update_indexes) {
    if (!update.throughput) continue;
    TRY(CheckUnits(*update.throughput,
                   "globalSecondaryIndexUpdates.member.update.provisionedThroughput"));
  }
  TRY(CheckLoneChanges(request, changes));
  TRY(CheckIndexUpdates(request));
  if (request.on_demand && changes - request.billing.has_value() > 1) {
    return InvalidParameter(
        "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request");
  }
  const bool provisioning =
      request.throughput || request.billing == model::BillingMode::kProvisioned;
  if (provisioning && stream) {
    return InvalidParameter("You cannot modify stream status while updating table IOPS");
  }
  const bool online_index = request.create_index || request.delete_index;
  // With the billing mode an index may come that has the throughput of the new mode.
  if (request.throughput && !request.billing && online_index) {
    return InvalidParameter("You cannot create or delete index while updating table IOPS");
  }
  if (stream && online_index) {
    return InvalidParameter("You cannot create or delete index while changing stream status");
  }
  return {};
}

}  // namespace cruddur::engine
