// Requests and responses of settings that a table has beside its description: resource-based
// policies and contributor insights. See operations.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace cruddur::model {

struct PutResourcePolicyRequest {
  std::string resource_arn;  // a table's, or a stream's
  std::string policy;
  std::optional<std::string> expected_revision_id;  // "NO_POLICY": there must be none
};
struct DeleteResourcePolicyRequest {
  std::string resource_arn;
  std::optional<std::string> expected_revision_id;
};
struct PolicyRevision {
  std::string revision_id;  // empty: there is no policy
};
struct GetResourcePolicyRequest {
  std::string resource_arn;
};
struct ResourcePolicy {
  std::string policy, revision_id;
};

enum class ContributorInsightsMode { kAccessedAndThrottledKeys, kThrottledKeys };
enum class ContributorInsightsStatus { kEnabling, kEnabled, kDisabling, kDisabled };

std::string_view NameOf(ContributorInsightsMode);
bool FromName(std::string_view, ContributorInsightsMode&);

struct UpdateContributorInsightsRequest {
  std::string table;
  std::string index;  // empty: the table
  bool enable = false;
  std::optional<ContributorInsightsMode> mode;
};
struct ContributorInsightsSummary {
  std::string table, index;
  ContributorInsightsStatus status = ContributorInsightsStatus::kDisabled;
  std::optional<ContributorInsightsMode> mode;  // unless they never were enabled
};
struct DescribeContributorInsightsRequest {
  std::string table, index;
};
struct ContributorInsightsDescription {
  ContributorInsightsSummary summary;
  std::vector<std::string> rules;
  std::optional<base::Micros> changed_at;
};
struct ListContributorInsightsRequest {
  std::string table;  // empty: all
  std::string next_token;
  int64_t max_results = 100;
};
struct ListContributorInsightsResponse {
  std::vector<ContributorInsightsSummary> summaries;
  std::string next_token;  // empty: nothing is left
};

}  // namespace cruddur::model
