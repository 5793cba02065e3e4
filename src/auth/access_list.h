// Who may sign requests, and what each may do: the file that `--credentials` names
// (docs/formats.md).
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/policy.h"
#include "base/result.h"

namespace cruddur::auth {

struct AccessUser {
  std::string name;
  std::string id;  // aws:userid; the name where the file has none
  std::vector<Policy> policies;
};

struct AccessKey {
  std::string secret;
  std::string session_token;  // empty: requests carry none
  std::shared_ptr<const AccessUser> user;
};

// Constant after it was read, then thread-safe.
class AccessList {
 public:
  // Errors are one line that names the place, and never a secret.
  static base::Result<AccessList> Parse(std::string_view json, std::span<const ConditionKey> keys);
  // Refuses a file that others than its owner and group can read, or than its owner can change.
  static base::Result<AccessList> Load(const std::string& path, std::span<const ConditionKey> keys);

  const AccessKey* Find(std::string_view access_key_id) const;

 private:
  std::map<std::string, AccessKey, std::less<>> keys_;
};

// All policies of a user together.
Verdict Decide(const AccessUser& user, const PolicyQuestion& question);

}  // namespace cruddur::auth
