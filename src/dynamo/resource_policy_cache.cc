#include "dynamo/resource_policy_cache.h"

#include "base/log.h"
#include "dynamo/access_control.h"

namespace cruddur::dynamo {
namespace {

constexpr size_t kMaxKept = 1'000;  // then it begins anew

// The ARN of what can have a policy: a stream, or the table of whatever else belongs to one. Empty
// for what has neither.
std::string OwnerOf(std::string_view resource) {
  constexpr std::string_view kTable = ":table/";
  const size_t table = resource.find(kTable);
  if (table == resource.npos) return {};
  const size_t name = table + kTable.size();
  const size_t end = resource.find('/', name);
  if (resource.substr(name) == "*" || resource.substr(name).empty()) return {};
  const bool stream = end != resource.npos && resource.substr(end).starts_with("/stream/");
  return std::string(stream || end == resource.npos ? resource : resource.substr(0, end));
}

bool IsAboutPolicies(std::string_view action) { return action.ends_with("ResourcePolicy"); }

}  // namespace

auth::Verdict ResourcePolicyCache::Decide(const auth::PolicyQuestion& question) {
  const std::string arn = OwnerOf(question.resource);
  if (arn.empty()) return auth::Verdict::kNothing;
  const auto found = Find(arn);
  if (found == nullptr) return auth::Verdict::kNothing;
  if (found->policy != nullptr) return found->policy->Decide(question);
  return IsAboutPolicies(question.action) ? auth::Verdict::kNothing : auth::Verdict::kDenied;
}

std::shared_ptr<const ResourcePolicyCache::Parsed> ResourcePolicyCache::Find(
    const std::string& arn) {
  const auto stored = engine_.GetResourcePolicy({arn});
  const std::lock_guard lock(mutex_);
  const auto known = parsed_.find(arn);
  if (!stored) {
    if (known != parsed_.end()) parsed_.erase(known);
    return nullptr;
  }
  if (known != parsed_.end() && known->second->revision == stored->revision_id) {
    return known->second;
  }
  auto parsed = std::make_shared<Parsed>();
  parsed->revision = stored->revision_id;
  json::Document document;
  const auto element = document.Parse(stored->policy);
  auto policy = element ? auth::Policy::ParseResourceBased(*element, ConditionKeys())
                        : base::Result<auth::Policy>(std::unexpected(element.error()));
  if (policy) {
    parsed->policy = std::make_shared<const auth::Policy>(*std::move(policy));
  } else {
    base::Log(
        base::LogLevel::kWarn, "a resource's policy is not understood, and denies everything",
        {{"resource", std::string_view(arn)}, {"error", std::string_view(policy.error().message)}});
  }
  if (parsed_.size() >= kMaxKept) parsed_.clear();
  parsed_[arn] = parsed;
  return parsed;
}

}  // namespace cruddur::dynamo
