#include "dynamo/table_name.h"

#include <fmt/format.h>

namespace cruddur::dynamo {
namespace {

constexpr size_t kMinTableName = 3, kMaxTableName = 255;

}  // namespace

std::string ReadTableName(const json::Element* value, RequestIssues& issues) {
  if (value == nullptr) {
    issues.FailRule(CheckStage::kTableName,
                    "The parameter 'TableName' is required but was not present in the request");
    return {};
  }
  std::string name(value->is_string() ? value->get_string().value_unsafe() : std::string_view());
  if (name.size() < kMinTableName || name.size() > kMaxTableName) {
    RequestIssues alone;
    alone.FailMember(
        name, "tableName",
        name.size() > kMaxTableName
            ? fmt::format("Member must have length less than or equal to {}", kMaxTableName)
            : fmt::format("Member must have length greater than or equal to {}",
                          name.empty() ? 1 : kMinTableName));
    issues.Fail(CheckStage::kTableName, alone.Finish().error());
  }
  return name;
}

}  // namespace cruddur::dynamo
