#include "dynamo/access_control.h"

#include <fmt/format.h>

#include "auth/sigv4_verify.h"
#include "dynamo/access_context.h"

namespace cruddur::dynamo {
namespace {

using model::DbErrorCode;

constexpr std::string_view kUnknownToken = "The security token included in the request is invalid.";

std::unexpected<model::DbError> Refuse(auth::SigV4Failure failure) {
  const bool incomplete =
      failure.fault == auth::SigV4Fault::kIncomplete || failure.fault == auth::SigV4Fault::kDate;
  return model::DbFail(
      incomplete ? DbErrorCode::kIncompleteSignature : DbErrorCode::kInvalidSignature,
      std::move(failure.message));
}

class ListedCaller final : public Caller {
 public:
  ListedCaller(CallFacts facts, engine::Engine& engine, ResourcePolicyCache& resource_policies,
               std::string arn_prefix)
      : facts_(std::move(facts)),
        engine_(engine),
        resource_policies_(resource_policies),
        arn_prefix_(std::move(arn_prefix)) {}

  model::DbStatus Authorize(std::string_view operation, const AccessNeeds& needs) const override {
    if (needs.empty()) return Deny(operation, "*", {});
    for (const AccessNeed& need : needs) {
      if (need.refused) continue;
      const AccessContext context(facts_, need, engine_);
      const std::string action = fmt::format("dynamodb:{}", need.action);
      const std::string resource =
          need.resource == "*" ? need.resource : arn_prefix_ + need.resource;
      const auth::PolicyQuestion question{action, resource, context, facts_.principal_arn};
      const Verdicts verdicts{auth::Decide(*facts_.user, question),
                              resource_policies_.Decide(question)};
      if (!verdicts.Allow()) return Deny(need.action, resource, verdicts);
      if (!need.attached_policy.empty()) TRY(CheckDecidable(need.attached_policy));
    }
    return {};
  }

 private:
  struct Verdicts {
    auth::Verdict identity = auth::Verdict::kNothing, resource = auth::Verdict::kNothing;

    bool Allow() const {
      using enum auth::Verdict;
      return identity != kDenied && resource != kDenied &&
             (identity == kAllowed || resource == kAllowed);
    }
  };

  model::DbStatus Deny(std::string_view action, std::string_view resource,
                       const Verdicts& verdicts) const {
    std::string text =
        fmt::format("User: {} is not authorized to perform: dynamodb:{} on resource: {} ",
                    facts_.principal_arn, action, resource);
    if (verdicts.identity == auth::Verdict::kDenied) {
      text += "with an explicit deny in an identity-based policy";
    } else if (verdicts.resource == auth::Verdict::kDenied) {
      text += "with an explicit deny in a resource-based policy";
    } else {
      text += fmt::format("because no identity-based policy allows the dynamodb:{} action", action);
    }
    return model::DbFail(DbErrorCode::kAccessDenied, std::move(text));
  }

  const CallFacts facts_;
  engine::Engine& engine_;
  ResourcePolicyCache& resource_policies_;
  const std::string arn_prefix_;
};

}  // namespace

AccessControl::AccessControl(auth::AccessList list, engine::Engine& engine,
                             const base::Clock& clock, AccessControlOptions options)
    : list_(std::make_shared<const auth::AccessList>(std::move(list))),
      engine_(engine),
      resource_policies_(engine),
      clock_(clock),
      options_(std::move(options)) {}

void AccessControl::Replace(auth::AccessList list) {
  auto next = std::make_shared<const auth::AccessList>(std::move(list));
  const std::lock_guard lock(mutex_);
  list_ = std::move(next);
}

std::shared_ptr<const auth::AccessList> AccessControl::Snapshot() const {
  const std::lock_guard lock(mutex_);
  return list_;
}

model::DbResult<std::unique_ptr<Caller>> AccessControl::Authenticate(const net::Request& request) {
  std::vector<auth::HeaderField> headers;
  headers.reserve(request.headers.size());
  for (const net::HeaderView& each : request.headers) headers.push_back({each.name, each.value});
  auth::SigV4Request signed_request{.method = request.method,
                                    .path = request.path,
                                    .query = request.query,
                                    .headers = headers,
                                    .payload_hash = {}};
  const base::Micros now = clock_.Now();
  auto claim = auth::ReadSigV4(signed_request, {"dynamodb", options_.region}, now);
  if (!claim) return Refuse(std::move(claim).error());
  const auto list = Snapshot();
  const auth::AccessKey* key = list->Find(claim->access_key_id);
  if (key == nullptr)
    return model::DbFail(DbErrorCode::kUnrecognizedClient, std::string(kUnknownToken));
  const std::string hash = auth::HexSha256(request.body);
  signed_request.payload_hash = hash;
  if (auto verified = auth::VerifySigV4(signed_request, *claim, key->secret); !verified) {
    return Refuse(std::move(verified).error());
  }
  if (!auth::ConstantTimeEqual(claim->session_token, key->session_token)) {
    return model::DbFail(DbErrorCode::kUnrecognizedClient, std::string(kUnknownToken));
  }
  CallFacts facts{
      .user = key->user,
      .principal_arn = fmt::format("arn:aws:iam::{}:user/{}", options_.account, key->user->name),
      .account = options_.account,
      .region = options_.region,
      .source_ip = std::string(request.remote_address),
      .user_agent = std::string(request.Header("User-Agent").value_or("")),
      .now = now};
  return std::make_unique<ListedCaller>(
      std::move(facts), engine_, resource_policies_,
      fmt::format("arn:aws:dynamodb:{}:{}:", options_.region, options_.account));
}

}  // namespace cruddur::dynamo
