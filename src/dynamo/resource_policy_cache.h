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

// Thread-safe. Each revision is parsed once.
class ResourcePolicyCache {
 public:
  // The engine outlives the cache.
  explicit ResourcePolicyCache(engine::Engine& engine) : engine_(engine) {}

  // What the policy of the table or stream that `resource` is or belongs to says; kNothing where
  // there is none. A policy that isn't understood denies everything but to read, replace and delete
  // it. REQUIRES: question.resource is an ARN, or "*".
  auth::Verdict Decide(const auth::PolicyQuestion& question);

 private:
  struct Parsed {
    std::string revision;
    std::shared_ptr<const auth::Policy> policy;  // null: not understood
  };
  // Null: the resource has no policy.
  std::shared_ptr<const Parsed> Find(const std::string& arn);

  engine::Engine& engine_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Parsed>, std::less<>> parsed_;  // by mutex_
};

}  // namespace cruddur::dynamo
