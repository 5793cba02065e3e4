#include "engine/resource_arn.h"

#include <fmt/format.h>

#include <array>

namespace cruddur::engine {
namespace {

constexpr size_t kMinTableName = 3;

std::unexpected<model::DbError> InvalidParameter(std::string_view text, std::string_view arn) {
  return model::Invalid(
      fmt::format("One or more parameter values were invalid: {}: {}", text, arn));
}

// "arn", partition, service, region, account and resource, which may have colons itself.
std::array<std::string_view, 6> PartsOf(std::string_view arn) {
  std::array<std::string_view, 6> parts;
  for (size_t i = 0; i < 5; ++i) {
    const size_t end = arn.find(':');
    parts[i] = arn.substr(0, end);
    if (end == arn.npos) return parts;
    arn.remove_prefix(end + 1);
  }
  parts[5] = arn;
  return parts;
}

}  // namespace

std::unexpected<model::DbError> ForeignResource(std::string_view arn, const TableNaming& naming,
                                                std::string_view operation) {
  return model::DbFail(
      model::DbErrorCode::kAccessDenied,
      fmt::format("User: arn:aws:iam::{}:root is not authorized to perform: dynamodb:{} on "
                  "resource: {} because no resource-based policy allows the dynamodb:{} action",
                  naming.account, operation, arn, operation));
}

DbResult<std::string_view> TableNameOfArn(std::string_view arn, const TableNaming& naming,
                                          std::string_view operation) {
  if (arn.empty()) return model::Invalid("Invalid TableArn");
  if (!arn.starts_with("arn:")) return InvalidParameter("ARNs must start with 'arn:'", arn);
  constexpr std::string_view kTable = "table/";
  const auto [prefix, partition, service, region, account, resource] = PartsOf(arn);
  if (partition != "aws" || service != "dynamodb" || !resource.starts_with(kTable)) {
    return InvalidParameter("Provided Arn is not a DynamoDB resource arn", arn);
  }
  const std::string_view name = resource.substr(kTable.size());
  if (name.find("/index/") != name.npos) {
    return InvalidParameter(
        "Invalid resource arn provided, only table or stream is accepted. Provided resource arn",
        arn);
  }
  if (name.size() < kMinTableName || name.find('/') != name.npos || region != naming.region) {
    return model::Invalid(
        fmt::format("Invalid TableArn: Invalid ResourceArn provided as input {}", arn));
  }
  if (account != naming.account) return ForeignResource(arn, naming, operation);
  return name;
}

}  // namespace cruddur::engine
