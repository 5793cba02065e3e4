#include "auth/credentials.h"

#include <algorithm>
#include <cstdlib>

#include "auth/private_file.h"

namespace cruddur::auth {
namespace {

std::string_view Trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Both halves or none: one alone is an operator's mistake that must not fall through to another
// account's keys.
base::Status CheckPair(const Credentials& credentials, std::string_view where) {
  if (credentials.access_key_id.empty() == credentials.secret_access_key.empty()) return {};
  return base::Fail(
      base::ErrorCode::kInvalidArgument,
      std::string(where) + ": " +
          (credentials.access_key_id.empty() ? "a secret access key without its id"
                                             : "an access key id without its secret"));
}

}  // namespace

std::string SystemEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

base::Result<Credentials> ParseCredentialsFile(std::string_view text, std::string_view profile) {
  Credentials credentials;
  bool found = false, inside = false;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const auto line = Trim(text.substr(at, end - at));
    at = end + 1;
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      const size_t close = line.find(']');
      if (close == line.npos) {
        return base::Fail(base::ErrorCode::kInvalidArgument, "a section without its ']'");
      }
      inside = Trim(line.substr(1, close - 1)) == profile;
      found = found || inside;
      continue;
    }
    const size_t equals = line.find('=');
    if (!inside || equals == line.npos) continue;
    const auto key = Trim(line.substr(0, equals)), value = Trim(line.substr(equals + 1));
    if (key == "aws_access_key_id") credentials.access_key_id = value;
    if (key == "aws_secret_access_key") credentials.secret_access_key = value;
    if (key == "aws_session_token") credentials.session_token = value;
  }
  if (!found) {
    return base::Fail(base::ErrorCode::kNotFound, "no profile '" + std::string(profile) + "'");
  }
  TRY(CheckPair(credentials, "profile '" + std::string(profile) + "'"));
  if (credentials.access_key_id.empty()) {
    return base::Fail(base::ErrorCode::kNotFound,
                      "profile '" + std::string(profile) + "' holds no keys");
  }
  return credentials;
}

base::Result<Credentials> LoadCredentials(const Environment& environment) {
  Credentials credentials{environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"),
                          environment("AWS_SESSION_TOKEN")};
  TRY(CheckPair(credentials, "environment"));
  if (!credentials.access_key_id.empty()) return credentials;

  std::string path = environment("AWS_SHARED_CREDENTIALS_FILE");
  if (path.empty()) path = environment("HOME") + "/.aws/credentials";
  std::string profile = environment("AWS_PROFILE");
  if (profile.empty()) profile = "default";
  const auto text = ReadSmallFile(path);
  if (!text && text.error().code == base::ErrorCode::kNotFound) {
    return base::Fail(base::ErrorCode::kNotFound,
                      "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
                      "write a profile into " +
                          path);
  }
  if (!text) return std::unexpected(text.error());
  auto parsed = ParseCredentialsFile(*text, profile);
  if (!parsed) parsed.error().message = path + ": " + parsed.error().message;
  return parsed;
}

}  // namespace cruddur::auth
