#include "dynamo/table_settings_codec.h"

#include "dynamo/common_shapes.h"
#include "dynamo/expression_parameters.h"
#include "dynamo/wire_time.h"

namespace cruddur::dynamo {
namespace {

using model::ContributorInsightsMode;
using model::ContributorInsightsStatus;

constexpr Shape kResourceArn{.kind = ShapeKind::kString, .min = 1, .max = 1283};
constexpr Shape kRevision{.kind = ShapeKind::kString, .min = 1, .max = 255};
constexpr Member kResourceArnMember{"ResourceArn", &kResourceArn, true};
constexpr Member kExpectedRevisionMember{"ExpectedRevisionId", &kRevision};

constexpr Member kPutPolicyMembers[] = {kResourceArnMember,
                                        {"Policy", &kText, true},
                                        kExpectedRevisionMember,
                                        {"ConfirmRemoveSelfResourceAccess", &kTruth}};
constexpr Shape kPutPolicy{.kind = ShapeKind::kStructure, .members = kPutPolicyMembers};
constexpr Member kDeletePolicyMembers[] = {kResourceArnMember, kExpectedRevisionMember};
constexpr Shape kDeletePolicy{.kind = ShapeKind::kStructure, .members = kDeletePolicyMembers};
constexpr Member kGetPolicyMembers[] = {kResourceArnMember};
constexpr Shape kGetPolicy{.kind = ShapeKind::kStructure, .members = kGetPolicyMembers};

enum class InsightsAction { kEnable, kDisable };
constexpr EnumValue kActionValues[] = {NamedValue("ENABLE", InsightsAction::kEnable),
                                       NamedValue("DISABLE", InsightsAction::kDisable)};
constexpr EnumValue kModeValues[] = {
    NamedValue("ACCESSED_AND_THROTTLED_KEYS", ContributorInsightsMode::kAccessedAndThrottledKeys),
    NamedValue("THROTTLED_KEYS", ContributorInsightsMode::kThrottledKeys)};
constexpr EnumValue kStatusValues[] = {
    NamedValue("ENABLING", ContributorInsightsStatus::kEnabling),
    NamedValue("ENABLED", ContributorInsightsStatus::kEnabled),
    NamedValue("DISABLING", ContributorInsightsStatus::kDisabling),
    NamedValue("DISABLED", ContributorInsightsStatus::kDisabled)};
constexpr Shape kAction{.kind = ShapeKind::kString, .values = kActionValues};
constexpr Shape kMode{.kind = ShapeKind::kString, .values = kModeValues};
constexpr Shape kMaxResults{.kind = ShapeKind::kInteger, .max = 100};

constexpr Member kUpdateInsightsMembers[] = {kTableNameMember,
                                             {"IndexName", &kResourceName},
                                             {"ContributorInsightsAction", &kAction, true},
                                             {"ContributorInsightsMode", &kMode}};
constexpr Shape kUpdateInsights{.kind = ShapeKind::kStructure, .members = kUpdateInsightsMembers};
constexpr Member kDescribeInsightsMembers[] = {kTableNameMember, {"IndexName", &kResourceName}};
constexpr Shape kDescribeInsights{.kind = ShapeKind::kStructure,
                                  .members = kDescribeInsightsMembers};
constexpr Member kListInsightsMembers[] = {
    {"TableName", &kResourceName}, {"NextToken", &kText}, {"MaxResults", &kMaxResults}};
constexpr Shape kListInsights{.kind = ShapeKind::kStructure, .members = kListInsightsMembers};

// Without the braces.
void WriteSummary(json::Writer& out, const model::ContributorInsightsSummary& summary) {
  out.Key("TableName").String(summary.table);
  if (!summary.index.empty()) out.Key("IndexName").String(summary.index);
  out.Key("ContributorInsightsStatus").String(NameIn(kStatusValues, summary.status));
  if (summary.mode) out.Key("ContributorInsightsMode").String(NameIn(kModeValues, *summary.mode));
}

}  // namespace

model::DbStatus ReadRequest(json::Element body, model::PutResourcePolicyRequest& out) {
  return ReadBody<kPutPolicy>(body, [&](const Fields<kPutPolicy>& fields, RequestIssues&) {
    out.resource_arn = fields.String("ResourceArn");
    out.policy = fields.String("Policy");
    out.expected_revision_id = fields.OptionalString("ExpectedRevisionId");
  });
}

model::DbStatus ReadRequest(json::Element body, model::DeleteResourcePolicyRequest& out) {
  return ReadBody<kDeletePolicy>(body, [&](const Fields<kDeletePolicy>& fields, RequestIssues&) {
    out.resource_arn = fields.String("ResourceArn");
    out.expected_revision_id = fields.OptionalString("ExpectedRevisionId");
  });
}

model::DbStatus ReadRequest(json::Element body, model::GetResourcePolicyRequest& out) {
  return ReadBody<kGetPolicy>(body, [&](const Fields<kGetPolicy>& fields, RequestIssues&) {
    out.resource_arn = fields.String("ResourceArn");
  });
}

model::DbStatus ReadRequest(json::Element body, model::UpdateContributorInsightsRequest& out) {
  return ReadBody<kUpdateInsights>(
      body, [&](const Fields<kUpdateInsights>& fields, RequestIssues&) {
        out.table = fields.String("TableName");
        out.index = fields.String("IndexName");
        out.enable = fields.Enum("ContributorInsightsAction", InsightsAction::kDisable) ==
                     InsightsAction::kEnable;
        out.mode = fields.OptionalEnum<ContributorInsightsMode>("ContributorInsightsMode");
      });
}

model::DbStatus ReadRequest(json::Element body, model::DescribeContributorInsightsRequest& out) {
  return ReadBody<kDescribeInsights>(body,
                                     [&](const Fields<kDescribeInsights>& fields, RequestIssues&) {
                                       out.table = fields.String("TableName");
                                       out.index = fields.String("IndexName");
                                     });
}

model::DbStatus ReadRequest(json::Element body, model::ListContributorInsightsRequest& out) {
  return ReadBody<kListInsights>(
      body, [&](const Fields<kListInsights>& fields, RequestIssues& issues) {
        out.table = fields.String("TableName");
        out.next_token = fields.String("NextToken");
        out.max_results = fields.Int("MaxResults").value_or(out.max_results);
        if (out.max_results < 1) {
          issues.FailRule(CheckStage::kRules,
                          "One or more parameter values were invalid: MaxResults must be positive");
        }
      });
}

void WriteResponse(json::Writer& out, const model::PolicyRevision& revision) {
  out.BeginObject();
  if (!revision.revision_id.empty()) out.Key("RevisionId").String(revision.revision_id);
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::ResourcePolicy& policy) {
  out.BeginObject().Key("Policy").String(policy.policy);
  out.Key("RevisionId").String(policy.revision_id).EndObject();
}

void WriteResponse(json::Writer& out, const model::ContributorInsightsSummary& summary) {
  out.BeginObject();
  WriteSummary(out, summary);
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::ContributorInsightsDescription& description) {
  out.BeginObject();
  WriteSummary(out, description.summary);
  if (!description.rules.empty()) {
    out.Key("ContributorInsightsRuleList").BeginArray();
    for (const std::string& rule : description.rules) out.String(rule);
    out.EndArray();
  }
  if (description.changed_at) {
    out.Key("LastUpdateDateTime");
    WriteTime(out, *description.changed_at);
  }
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::ListContributorInsightsResponse& response) {
  out.BeginObject().Key("ContributorInsightsSummaries").BeginArray();
  for (const model::ContributorInsightsSummary& each : response.summaries) {
    WriteResponse(out, each);
  }
  out.EndArray();
  if (!response.next_token.empty()) out.Key("NextToken").String(response.next_token);
  out.EndObject();
}

}  // namespace cruddur::dynamo
