#include "engine/resource_policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/policy_document.h"
#include "engine/table_operation.h"

namespace cruddur::engine {
namespace {

using model::DbErrorCode;
using model::PolicyRevision;

constexpr std::string_view kNoPolicy = "NO_POLICY";

std::unexpected<model::DbError> InvalidArn(std::string_view what, std::string_view arn) {
  return model::Invalid(
      fmt::format("One or more parameter values were invalid: {}: {}", what, arn));
}

std::unexpected<model::DbError> PolicyNotFound(std::string_view what) {
  return model::DbFail(
      DbErrorCode::kPolicyNotFound,
      fmt::format("Resource-based policy not found for the provided ResourceArn: {}", what));
}

// What an ARN names: a table, or one of its streams.
struct PolicyOwner {
  std::string table, stream;  // no label: the table
};

DbResult<PolicyOwner> OwnerOf(std::string_view arn, const TableNaming& naming) {
  if (!arn.starts_with("arn:")) return InvalidArn("ARNs must start with 'arn:'", arn);
  const std::string region = fmt::format("arn:aws:dynamodb:{}:", naming.region);
  if (!arn.starts_with(region)) return InvalidArn("Invalid resource Arn", arn);
  std::string_view rest = arn.substr(region.size());
  const size_t account_end = std::min(rest.find(':'), rest.size());
  if (rest.substr(0, account_end) != naming.account) {
    return model::Invalid(
        "This action is only supported by accounts that match the resource owner’s account.");
  }
  constexpr std::string_view kTable = ":table/", kStream = "/stream/", kIndex = "/index/";
  rest.remove_prefix(account_end);
  if (!rest.starts_with(kTable)) {
    return InvalidArn("Provided Arn is not a DynamoDB resource arn", arn);
  }
  rest.remove_prefix(kTable.size());
  const size_t name_end = std::min(rest.find('/'), rest.size());
  const std::string_view below = rest.substr(name_end);
  if (below.starts_with(kIndex)) {
    return InvalidArn(
        "Invalid resource arn provided, only table or stream is accepted. Provided resource arn",
        arn);
  }
  if (!below.empty() && !below.starts_with(kStream)) {
    return InvalidArn("Provided Arn is not a DynamoDB resource arn", arn);
  }
  return PolicyOwner{std::string(rest.substr(0, name_end)),
                     std::string(below.empty() ? below : below.substr(kStream.size()))};
}

DbResult<std::shared_ptr<const TableState>> FindOwner(const CatalogSnapshot& catalog,
                                                      const PolicyOwner& owner,
                                                      std::string_view arn) {
  auto table = catalog.FindTable(owner.table);
  if (table == nullptr) {
    return model::DbFail(
        DbErrorCode::kResourceNotFound,
        fmt::format("Requested resource not found: Table: {} not found", owner.table));
  }
  if (!owner.stream.empty() && catalog.FindStream(arn) == nullptr) {
    return model::DbFail(
        DbErrorCode::kResourceNotFound,
        fmt::format("Requested resource not found: Stream: {} not found for Table: {}",
                    owner.stream, owner.table));
  }
  return table;
}

const model::ResourcePolicy* Find(const TableState& table, const PolicyOwner& owner) {
  const auto found = table.policies.find(owner.stream);
  return found == table.policies.end() ? nullptr : &found->second;
}

DbStatus CheckRevision(const std::optional<std::string>& expected, const PolicyOwner& owner,
                       const model::ResourcePolicy* present) {
  if (!expected) return {};
  if (*expected == kNoPolicy) {
    if (present == nullptr) return {};
    return PolicyNotFound(
        fmt::format("Requested policy update expecting none to be present for table {}, but a "
                    "policy exists with revision id {}.",
                    owner.table, present->revision_id));
  }
  if (present == nullptr) {
    return PolicyNotFound(
        fmt::format("Requested update for policy with revision id {}, but no policy is associated "
                    "to target table {}.",
                    *expected, owner.table));
  }
  if (present->revision_id == *expected) return {};
  return PolicyNotFound(
      fmt::format("Requested update for policy with revision id {}, but the policy associated to "
                  "target table {} has revision id {}.",
                  *expected, owner.table, present->revision_id));
}

// Puts a policy, or takes it away where `document` is nothing.
class PolicyOperation final : public CatalogOperation<PolicyRevision> {
 public:
  PolicyOperation(PolicyOwner owner, std::string arn, std::optional<std::string> document,
                  std::optional<std::string> expected, Done<PolicyRevision> done)
      : CatalogOperation(std::move(done)),
        owner_(std::move(owner)),
        arn_(std::move(arn)),
        document_(std::move(document)),
        expected_(std::move(expected)) {}

 private:
  DbResult<PolicyRevision> Change(Commit& commit) override {
    TRY_ASSIGN(const auto found, FindOwner(commit.catalog(), owner_, arn_));
    const model::ResourcePolicy* present = Find(*found, owner_);
    TRY(CheckRevision(expected_, owner_, present));
    if (document_ ? present != nullptr && present->policy == *document_ : present == nullptr) {
      return PolicyRevision{present == nullptr ? "" : present->revision_id};
    }
    TableState table = *found;
    std::string revision = document_ ? "" : present->revision_id;
    if (document_) {
      model::ResourcePolicy policy = NewPolicy(*document_, commit.now(), present);
      revision = policy.revision_id;
      table.policies[owner_.stream] = std::move(policy);
    } else {
      table.policies.erase(owner_.stream);
    }
    CatalogEdit edit = commit.Edit();
    edit.PutTable(std::move(table));
    commit.SetEdit(std::move(edit));
    return PolicyRevision{std::move(revision)};
  }

  const PolicyOwner owner_;
  const std::string arn_;
  const std::optional<std::string> document_, expected_;
};

}  // namespace

model::ResourcePolicy NewPolicy(std::string document, base::Micros now,
                                const model::ResourcePolicy* previous) {
  int64_t revision = now.count() / 1000;
  if (previous != nullptr) {
    const std::string& text = previous->revision_id;
    int64_t last = 0;
    std::from_chars(text.data(), text.data() + text.size(), last);
    revision = std::max(revision, last + 1);
  }
  return {std::move(document), fmt::to_string(revision)};
}

void SubmitPutResourcePolicy(const WriteContext& context, const TableNaming& naming,
                             model::PutResourcePolicyRequest request, Done<PolicyRevision> done) {
  auto owner = OwnerOf(request.resource_arn, naming);
  if (!owner) return done(std::unexpected(std::move(owner).error()));
  auto document = CanonicalPolicy(request.policy);
  if (!document) return done(std::unexpected(std::move(document).error()));
  context.committer.Submit(std::make_unique<PolicyOperation>(
      *std::move(owner), std::move(request.resource_arn), *std::move(document),
      std::move(request.expected_revision_id), std::move(done)));
}

void SubmitDeleteResourcePolicy(const WriteContext& context, const TableNaming& naming,
                                model::DeleteResourcePolicyRequest request,
                                Done<PolicyRevision> done) {
  auto owner = OwnerOf(request.resource_arn, naming);
  if (!owner) return done(std::unexpected(std::move(owner).error()));
  context.committer.Submit(std::make_unique<PolicyOperation>(
      *std::move(owner), std::move(request.resource_arn), std::nullopt,
      std::move(request.expected_revision_id), std::move(done)));
}

DbResult<model::ResourcePolicy> GetResourcePolicy(const CatalogSnapshot& catalog,
                                                  const TableNaming& naming,
                                                  const model::GetResourcePolicyRequest& request) {
  TRY_ASSIGN(const PolicyOwner owner, OwnerOf(request.resource_arn, naming));
  TRY_ASSIGN(const auto table, FindOwner(catalog, owner, request.resource_arn));
  const model::ResourcePolicy* policy = Find(*table, owner);
  if (policy == nullptr) return PolicyNotFound(request.resource_arn);
  return *policy;
}

std::shared_ptr<const model::ResourcePolicy> FindResourcePolicy(const CatalogSnapshot& catalog,
                                                                std::string_view table,
                                                                std::string_view stream) {
  const auto found = catalog.FindTable(table);
  if (found == nullptr) return nullptr;
  const auto policy = found->policies.find(stream);
  if (policy == found->policies.end()) return nullptr;
  return {found, &policy->second};
}

}  // namespace cruddur::engine
