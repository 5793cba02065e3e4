// The policies that are attached to tables and streams, parsed, for decisions on requests.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "auth/policy.h"
#include "engine/engine.h"

namespace cruddur::dynamo {

// Thread-safe. A document is parsed once. What has no policy costs a look into the engine's
// catalog.
class ResourcePolicyCache {
 public:
  // The engine outlives the cache.
  explicit ResourcePolicyCache(engine::Engine& engine) : engine_(engine) {}

  // What the policy of the table or stream that `resource` is or belongs to says; kNothing where
  // there is none. A policy that isn't understood (it was attached while nobody asked for
  // credentials) denies everything but to read, replace and delete it. REQUIRES: question.resource
  // is an ARN, or "*".
  auth::Verdict Decide(const auth::PolicyQuestion& question);

 private:
  struct Parsed {
    std::string document;
    std::shared_ptr<const auth::Policy> policy;  // null: not understood
  };
  std::shared_ptr<const auth::Policy> Parse(std::string_view arn, const std::string& document);

  engine::Engine& engine_;
  std::mutex mutex_;
  std::map<std::string, Parsed, std::less<>> parsed_;  // by ARN; protected by mutex_
};

// That requests can be decided by this policy, which is about to be attached. Of what the engine
// refuses anyway nothing is said.
model::DbStatus CheckDecidable(std::string_view document);

}  // namespace cruddur::dynamo
