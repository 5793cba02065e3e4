// Whom a statement of a resource-based policy is about: its Principal or NotPrincipal ("AWS JSON
// policy elements: Principal" in the IAM user guide).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/reader.h"

namespace cruddur::auth {

// Constant after Parse, then thread-safe.
class PolicyPrincipals {
 public:
  // From a statement. An error of one line where it has neither member, or both, or one that can't
  // be read.
  static base::Result<PolicyPrincipals> Parse(json::Object statement);

  // Whether the statement is about the caller, by ARN. Naming an account denies to all who belong
  // to it, but allows none of them anything: it leaves that to the account's own policies.
  bool Concern(std::string_view caller_arn, bool allow) const;

 private:
  bool negated_ = false;               // NotPrincipal
  bool everybody_ = false;             // "*"
  std::vector<std::string> callers_;   // ARNs
  std::vector<std::string> accounts_;  // their numbers
};

}  // namespace cruddur::auth
