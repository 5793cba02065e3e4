#include "engine/throughput.h"

#include <optional>

#include "model/error_details.h"

namespace cruddur::engine {
namespace {

constexpr std::string_view kTableShort =
    "The level of configured provisioned throughput for the table was exceeded. Consider "
    "increasing your provisioning level with the UpdateTable API.";
// What AWS says of a limit on demand.
constexpr std::string_view kLimitReached =
    "Throughput exceeds the maximum OnDemandThroughput configured on table or index";
constexpr std::string_view kIndexShort =
    "The level of configured provisioned throughput for one or more global secondary indexes of "
    "the table was exceeded. Consider increasing your provisioning level for the "
    "under-provisioned global secondary indexes with the UpdateTable API";

// What has units of its own: the table, or one of its global indexes.
struct Resource {
  const TableState& table;
  const model::IndexDescription* index;

  Resource(const TableState& of, const model::IndexDescription* wanted)
      : table(of), index(wanted != nullptr && wanted->global ? wanted : nullptr) {}

  Throttle& throttle() const {
    if (index == nullptr) return *table.throttle;
    return *table.indexes[static_cast<size_t>(index - table.description.indexes.data())].throttle;
  }
  bool on_demand() const { return table.description.billing == model::BillingMode::kPayPerRequest; }
  // Units a second; nothing: without limit.
  std::optional<double> Rate(UnitKind kind) const {
    if (on_demand()) {
      const model::OnDemandThroughput& limits =
          index != nullptr ? index->on_demand : table.description.on_demand;
      const auto& limit = kind == UnitKind::kRead ? limits.max_read : limits.max_write;
      return limit ? std::optional(static_cast<double>(*limit)) : std::nullopt;
    }
    const model::Throughput& throughput =
        index != nullptr ? index->throughput : table.description.throughput;
    return static_cast<double>(kind == UnitKind::kRead ? throughput.read_units
                                                       : throughput.write_units);
  }
};

model::DbStatus Admit(const Resource& resource, UnitKind kind) {
  const auto rate = resource.Rate(kind);
  if (!rate || resource.throttle().Admits(kind, *rate)) return {};
  const bool index = resource.index != nullptr;
  auto details = std::make_shared<model::DbErrorDetails>();
  model::ThrottlingReason& reason = details->throttling.emplace_back();
  reason.reason = index ? "Index" : "Table";
  reason.reason += kind == UnitKind::kRead ? "Read" : "Write";
  reason.reason +=
      resource.on_demand() ? "MaxOnDemandThroughputExceeded" : "ProvisionedThroughputExceeded";
  reason.resource = index ? resource.index->arn : resource.table.description.arn;
  if (resource.on_demand()) {
    return std::unexpected(model::DbError{model::DbErrorCode::kThrottling,
                                          std::string(kLimitReached), std::move(details)});
  }
  return std::unexpected(model::DbError{model::DbErrorCode::kProvisionedThroughputExceeded,
                                        std::string(index ? kIndexShort : kTableShort),
                                        std::move(details)});
}

}  // namespace

model::DbStatus AdmitReadOf(const TableState& table, const model::IndexDescription* index) {
  return Admit({table, index}, UnitKind::kRead);
}

model::DbStatus AdmitWriteTo(const TableState& table) {
  TRY(Admit({table, nullptr}, UnitKind::kWrite));
  for (const model::IndexDescription& index : table.description.indexes) {
    if (index.global) TRY(Admit({table, &index}, UnitKind::kWrite));
  }
  return {};
}

void ChargeUnits(const TableState& table, const model::IndexDescription* index, UnitKind kind,
                 double units) {
  const Resource resource(table, index);
  if (const auto rate = resource.Rate(kind)) resource.throttle().Charge(kind, *rate, units);
}

bool IsThrottled(const model::DbError& error) {
  return error.code == model::DbErrorCode::kProvisionedThroughputExceeded ||
         (error.code == model::DbErrorCode::kThrottling && error.details != nullptr);
}

}  // namespace cruddur::engine
