// The Authenticator of `--credentials`: signatures by the keys of an access list, permission by its
// policies and those of the resources, with AWS's errors and texts. All callers are of the account
// that owns the resources: a deny of either policy wins, an allow of either is enough.
#pragma once

#include <memory>
#include <mutex>
#include <span>

#include "auth/access_list.h"
#include "base/clock.h"
#include "dynamo/authenticator.h"
#include "dynamo/resource_policy_cache.h"
#include "engine/engine.h"

namespace cruddur::dynamo {

// The condition keys that policies may name here: those that a request to DynamoDB has.
std::span<const auth::ConditionKey> ConditionKeys();

struct AccessControlOptions {
  std::string region = "us-east-1";
  std::string account = "000000000000";
};

// Thread-safe. `engine` says what a table's keys are (dynamodb:LeadingKeys).
class AccessControl final : public Authenticator {
 public:
  AccessControl(auth::AccessList list, engine::Engine& engine, const base::Clock& clock,
                AccessControlOptions options = {});

  model::DbResult<std::unique_ptr<Caller>> Authenticate(const net::Request& request) override;

  // Requests from now on are judged by this list.
  void Replace(auth::AccessList list);

 private:
  std::shared_ptr<const auth::AccessList> Snapshot() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const auth::AccessList> list_;  // protected by mutex_
  engine::Engine& engine_;
  ResourcePolicyCache resource_policies_;
  const base::Clock& clock_;
  const AccessControlOptions options_;
};

}  // namespace cruddur::dynamo
