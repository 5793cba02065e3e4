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

DbStatus CheckBilling(std::string_view what, BillingMode billing, std::string_view member,
                      const std::optional<int64_t>& value) {
  if (!value || billing == BillingMode::kPayPerRequest) return {};
  return InvalidParameter(
      fmt::format("{} for OnDemandThroughput {}cannot be specified when the table BillingMode is "
                  "PROVISIONED",
                  member, what == "table" ? "" : fmt::format("for {} ", what)));
}

DbStatus CheckRange(std::string_view what, std::string_view member,
                    const std::optional<int64_t>& value, bool may_clear) {
  if (!value || *value >= 1 || (may_clear && *value == -1)) return {};
  return InvalidParameter(fmt::format(
      "Requested {} for OnDemandThroughput for {} is outside of valid range", member, what));
}

DbStatus CheckLimits(std::string_view what, BillingMode billing, const OnDemandThroughput& wanted,
                     bool may_clear) {
  constexpr std::string_view kRead = "MaxReadRequestUnits", kWrite = "MaxWriteRequestUnits";
  TRY(CheckBilling(what, billing, kRead, wanted.max_read));
  TRY(CheckBilling(what, billing, kWrite, wanted.max_write));
  TRY(CheckRange(what, kRead, wanted.max_read, may_clear));
  return CheckRange(what, kWrite, wanted.max_write, may_clear);
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

DbStatus CheckWarmThroughput(std::string_view what, BillingMode billing,
                             const Throughput& provisioned,
                             const std::optional<WantedWarmThroughput>& wanted) {
  if (!wanted) return {};
  const Throughput initial = InitialWarmThroughput(billing, provisioned);
  return ForEachMember(
      *wanted, [&](std::string_view member, const auto& value, auto place) -> DbStatus {
        if (!value || *value >= initial.*place) return {};
        const std::string_view provisioned_member =
            place == &Throughput::read_units ? "ReadCapacityUnits" : "WriteCapacityUnits";
        return InvalidParameter(
            fmt::format("Requested {} for WarmThroughput for {} is lower than {}", member, what,
                        billing == BillingMode::kPayPerRequest
                            ? "initial throughput for OnDemand. See: https://docs.aws.amazon.com/"
                              "amazondynamodb/latest/developerguide/warm-throughput.html"
                            : fmt::format("{} of ProvisionedThroughput", provisioned_member)));
      });
}

DbStatus ChangeWarmThroughput(std::string_view what, const WantedWarmThroughput& wanted,
                              Throughput& warm) {
  TRY(ForEachMember(
      wanted, [&](std::string_view member, const auto& value, auto place) -> DbStatus {
        if (!value || *value >= warm.*place) return {};
        return InvalidParameter(
            fmt::format("Requested {} for WarmThroughput for {} is lower than current "
                        "WarmThroughput, decreasing WarmThroughput is not supported",
                        member, what));
      }));
  RaiseWarmThroughput(warm, {wanted.read_units.value_or(0), wanted.write_units.value_or(0)});
  return {};
}

DbStatus CheckOnDemandThroughput(std::string_view what, BillingMode billing,
                                 const std::optional<OnDemandThroughput>& wanted) {
  return wanted ? CheckLimits(what, billing, *wanted, /*may_clear=*/false) : DbStatus();
}

DbStatus ChangeOnDemandThroughput(std::string_view what, BillingMode billing,
                                  const OnDemandThroughput& wanted, OnDemandThroughput& limits) {
  TRY(CheckLimits(what, billing, wanted, /*may_clear=*/true));
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
