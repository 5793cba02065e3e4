#include "dynamo/resource_policy_cache.h"

#include <fmt/format.h>

#include "base/log.h"
#include "dynamo/access_control.h"
#include "engine/policy_document.h"

namespace cruddur::dynamo {
namespace {

constexpr size_t kMaxKept = 1'000;  // then it begins anew

// What can have a policy: a table, or one of its streams.
struct PolicyOwner {
  std::string_view arn;
  std::string_view table, stream_label;  // no label: the table itself
};

// The stream that `resource` is, or the table that it is or belongs to. No name: neither.
PolicyOwner OwnerOf(std::string_view resource) {
  constexpr std::string_view kTable = ":table/", kStream = "/stream/";
  const size_t table = resource.find(kTable);
  if (table == resource.npos) return {};
  const size_t name = table + kTable.size();
  const size_t end = std::min(resource.find('/', name), resource.size());
  PolicyOwner owner{.arn = resource, .table = resource.substr(name, end - name)};
  if (owner.table == "*") return {};
  if (resource.substr(end).starts_with(kStream)) {
    owner.stream_label = resource.substr(end + kStream.size());
  } else {
    owner.arn = resource.substr(0, end);
  }
  return owner;
}

bool IsAboutPolicies(std::string_view action) { return action.ends_with("ResourcePolicy"); }

base::Result<auth::Policy> ParsePolicy(std::string_view text) {
  json::Document document;
  TRY_ASSIGN(const auto element, document.Parse(text));
  return auth::Policy::ParseResourceBased(element, ConditionKeys());
}

}  // namespace

model::DbStatus CheckDecidable(std::string_view document) {
  // As it would be kept: AWS takes some things that are then written otherwise.
  const auto canonical = engine::CanonicalPolicy(document);
  if (!canonical) return {};
  const auto policy = ParsePolicy(*canonical);
  if (policy) return {};
  return model::Invalid(
      fmt::format("One or more parameter values were invalid: Invalid policy document: {}",
                  policy.error().message));
}

auth::Verdict ResourcePolicyCache::Decide(const auth::PolicyQuestion& question) {
  const PolicyOwner owner = OwnerOf(question.resource);
  if (owner.table.empty()) return auth::Verdict::kNothing;
  const auto stored = engine_.FindResourcePolicy(owner.table, owner.stream_label);
  if (stored == nullptr) return auth::Verdict::kNothing;
  if (const auto policy = Parse(owner.arn, stored->policy)) return policy->Decide(question);
  return IsAboutPolicies(question.action) ? auth::Verdict::kNothing : auth::Verdict::kDenied;
}

std::shared_ptr<const auth::Policy> ResourcePolicyCache::Parse(std::string_view arn,
                                                               const std::string& document) {
  const std::lock_guard lock(mutex_);
  const auto known = parsed_.find(arn);
  if (known != parsed_.end() && known->second.document == document) return known->second.policy;
  Parsed parsed{.document = document};
  if (auto policy = ParsePolicy(document)) {
    parsed.policy = std::make_shared<const auth::Policy>(*std::move(policy));
  } else {
    base::Log(base::LogLevel::kWarn, "a resource's policy is not understood, and denies everything",
              {{"resource", arn}, {"error", std::string_view(policy.error().message)}});
  }
  if (parsed_.size() >= kMaxKept) parsed_.clear();
  return parsed_.insert_or_assign(std::string(arn), std::move(parsed)).first->second.policy;
}

}  // namespace cruddur::dynamo
