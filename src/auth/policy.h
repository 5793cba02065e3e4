// A policy in IAM's JSON: who may do what with which resource. An explicit deny wins, and what no
// statement allows is denied ("Policy evaluation logic" in the IAM user guide).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/policy_condition.h"
#include "auth/policy_principals.h"
#include "json/reader.h"

namespace cruddur::auth {

enum class Verdict { kNothing, kAllowed, kDenied };  // kNothing: no statement speaks of it

struct PolicyQuestion {
  std::string_view action;    // "dynamodb:PutItem"
  std::string_view resource;  // an ARN
  const PolicyContext& context;
  std::string_view principal = {};  // the caller's ARN; only resource-based policies ask
};

// Constant after Parse, then thread-safe.
class Policy {
 public:
  // Nothing is overlooked: an unknown member, operator, condition key or variable is an error of
  // one line, and so is whatever an identity-based policy can't have (Principal).
  static base::Result<Policy> Parse(json::Element document, std::span<const ConditionKey> keys);
  // Of a policy that is attached to a resource: each statement says whom it is about.
  static base::Result<Policy> ParseResourceBased(json::Element document,
                                                 std::span<const ConditionKey> keys);

  Verdict Decide(const PolicyQuestion& question) const;

 private:
  struct Statement {
    bool allow = false;
    bool not_actions = false, not_resources = false;  // NotAction, NotResource
    std::vector<PolicyText> actions, resources;
    std::vector<PolicyCondition> conditions;
    std::optional<PolicyPrincipals> principals;  // of a resource-based policy

    bool AppliesTo(const PolicyQuestion& question) const;
  };
  enum class Attached { kIdentity, kResource };
  static base::Result<Policy> ParseDocument(json::Element document,
                                            std::span<const ConditionKey> keys, Attached attached);
  static base::Result<Statement> ParseStatement(json::Element element,
                                                std::span<const ConditionKey> keys, bool variables,
                                                Attached attached);
  static base::Status ParseConditions(json::Element element, std::span<const ConditionKey> keys,
                                      bool variables, Statement& out);

  std::vector<Statement> statements_;
};

// Checks that `element` is an object whose members are all among `names`, none twice.
base::Status CheckMembers(json::Element element, std::string_view what,
                          std::span<const std::string_view> names);

}  // namespace cruddur::auth
