// AWS credentials, from where the AWS tools look for them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cruddur::auth {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // empty for a user's own keys

  bool operator==(const Credentials&) const = default;
};

// The value of an environment variable, empty if it isn't set. SystemEnvironment reads the
// process's own; call it at start only, before other threads might change it.
using Environment = std::function<std::string(const char* name)>;
std::string SystemEnvironment(const char* name);

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; without the first two the profile
// AWS_PROFILE (or "default") of AWS_SHARED_CREDENTIALS_FILE (or ~/.aws/credentials). Errors:
// kNotFound says where it has looked; kInvalidArgument for half a pair or a broken file.
base::Result<Credentials> LoadCredentials(const Environment& environment = SystemEnvironment);

// One profile of a credentials file: "[name]" lines, then "key = value" lines; '#' and ';' begin
// comments.
base::Result<Credentials> ParseCredentialsFile(std::string_view text, std::string_view profile);

}  // namespace cruddur::auth
