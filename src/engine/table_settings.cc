#include "engine/table_settings.h"

#include <fmt/format.h>

#include <algorithm>

namespace cruddur::engine {
namespace {

using model::BillingMode;
using model::OnDemandThroughput;
using model::Throughput;
using model::WantedWarmThroughput;

constexpr Throughput kInitialOnDemand{12'000, 4'000};
// KMS makes a key for each account that encrypts with "its" default key; here all have this one.
constexpr std::string_view kDefaultKey = "5f0c9a52-6a1e-4d0b-9e53-0b6b7f7b8d11";

std::unexpected<model::DbError> InvalidParameter(std::string text) {
  return model::Invalid("One or more parameter values were invalid: " + std::move(text));
}

// The two members in the order in which AWS looks at them.
template <class F>
DbStatus ForEachMember(const WantedWarmThroughput& wanted, F&& check) {
  TRY(check("ReadUnitsPerSecond", wanted.read_units, &Throughput::read_units));
  return check("WriteUnitsPerSecond", wanted.write_units, &Throughput::write_units);
}

// AWS words what concerns a new table or index otherwise than what concerns a changed one.
enum class Occasion { kCreate, kChange };

DbStatus CheckBilling(std::string_view index, BillingMode billing, std::string_view member,
                      const std::optional<int64_t>& value, Occasion occasion) {
  if (!value || billing == BillingMode::kPayPerRequest) return {};
  const bool create = occasion == Occasion::kCreate;
  std::string of_index;
  if (!index.empty()) of_index = fmt::format("for index{}: {} ", create ? "" : " ", index);
  return InvalidParameter(
      fmt::format("{} for OnDemandThroughput {}cannot be specified when {}table BillingMode is "
                  "PROVISIONED{}",
                  member, of_index, create ? "" : "the ", create ? "." : ""));
}

DbStatus CheckRange(std::string_view index, std::string_view member,
                    const std::optional<int64_t>& value, Occasion occasion) {
  if (!value || *value >= 1 || (occasion == Occasion::kChange && *value == -1)) return {};
  return InvalidParameter(
      fmt::format("Requested {} for OnDemandThroughput for {} is outside of valid range", member,
                  index.empty() ? "table" : fmt::format("index : {}", index)));
}

DbStatus CheckLimits(std::string_view index, BillingMode billing, const OnDemandThroughput& wanted,
                     Occasion occasion) {
  constexpr std::string_view kRead = "MaxReadRequestUnits", kWrite = "MaxWriteRequestUnits";
  TRY(CheckBilling(index, billing, kRead, wanted.max_read, occasion));
  TRY(CheckBilling(index, billing, kWrite, wanted.max_write, occasion));
  TRY(CheckRange(index, kRead, wanted.max_read, occasion));
  return CheckRange(index, kWrite, wanted.max_write, occasion);
}

std::string WarmSubject(std::string_view index) {
  return index.empty() ? "table" : fmt::format("index {}", index);
}

void ChangeLimit(const std::optional<int64_t>& wanted, std::optional<int64_t>& limit) {
  if (wanted) limit = *wanted == -1 ? std::nullopt : wanted;
}

}  // namespace

Throughput InitialWarmThroughput(BillingMode billing, const Throughput& provisioned) {
  return billing == BillingMode::kPayPerRequest ? kInitialOnDemand : provisioned;
}

Throughput WarmThroughputOf(BillingMode billing, const Throughput& provisioned,
                            const std::optional<WantedWarmThroughput>& wanted) {
  Throughput warm = InitialWarmThroughput(billing, provisioned);
  if (!wanted) return warm;
  return {wanted->read_units.value_or(warm.read_units),
          wanted->write_units.value_or(warm.write_units)};
}

void RaiseWarmThroughput(Throughput& warm, const Throughput& at_least) {
  warm.read_units = std::max(warm.read_units, at_least.read_units);
  warm.write_units = std::max(warm.write_units, at_least.write_units);
}

DbStatus CheckWarmThroughput(std::string_view index, BillingMode billing,
                             const Throughput& provisioned,
                             const std::optional<WantedWarmThroughput>& wanted) {
  if (!wanted) return {};
  const Throughput initial = InitialWarmThroughput(billing, provisioned);
  return ForEachMember(
      *wanted, [&](std::string_view member, const auto& value, auto place) -> DbStatus {
        if (!value || *value >= initial.*place) return {};
        const std::string_view provisioned_member =
            place == &Throughput::read_units ? "ReadCapacityUnits" : "WriteCapacityUnits";
        return InvalidParameter(fmt::format(
            "Requested {} for WarmThroughput for {} is lower than {}", member, WarmSubject(index),
            billing == BillingMode::kPayPerRequest
                ? "initial throughput for OnDemand. See: https://docs.aws.amazon.com/"
                  "amazondynamodb/latest/developerguide/"
                  "on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
                : fmt::format("{} of ProvisionedThroughput", provisioned_member)));
      });
}

DbStatus ChangeWarmThroughput(std::string_view index, const WantedWarmThroughput& wanted,
                              Throughput& warm) {
  TRY(ForEachMember(
      wanted, [&](std::string_view member, const auto& value, auto place) -> DbStatus {
        if (!value || *value >= warm.*place) return {};
        return InvalidParameter(
            fmt::format("Requested {} for WarmThroughput for {} is lower than current "
                        "WarmThroughput, decreasing WarmThroughput is not supported",
                        member, WarmSubject(index)));
      }));
  RaiseWarmThroughput(warm, {wanted.read_units.value_or(0), wanted.write_units.value_or(0)});
  return {};
}

DbStatus CheckOnDemandThroughput(std::string_view index, BillingMode billing,
                                 const std::optional<OnDemandThroughput>& wanted) {
  return wanted ? CheckLimits(index, billing, *wanted, Occasion::kCreate) : DbStatus();
}

DbStatus ChangeOnDemandThroughput(std::string_view index, BillingMode billing,
                                  const OnDemandThroughput& wanted, OnDemandThroughput& limits) {
  TRY(CheckLimits(index, billing, wanted, Occasion::kChange));
  ChangeLimit(wanted.max_read, limits.max_read);
  ChangeLimit(wanted.max_write, limits.max_write);
  return {};
}

std::string KmsKeyArnOf(const model::EncryptionSpecification& wanted, std::string_view table_arn) {
  if (!wanted.enabled) return {};
  const std::string id = wanted.kms_key_id.value_or(std::string(kDefaultKey));
  if (id.starts_with("arn:")) return id;
  // "arn:aws:dynamodb:<region>:<account>:table/…"
  const size_t region = table_arn.find("dynamodb:") + std::string_view("dynamodb:").size();
  const size_t end = table_arn.find(":table/");
  return fmt::format("arn:aws:kms:{}:{}{}", table_arn.substr(region, end - region),
                     id.starts_with("alias/") ? "" : "key/", id);
}

}  // namespace cruddur::engine
