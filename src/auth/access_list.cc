#include "auth/access_list.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "auth/private_file.h"

namespace cruddur::auth {
namespace {

constexpr size_t kMaxFileBytes = 4 * 1024 * 1024;
constexpr std::string_view kFileMembers[] = {"Users"};
constexpr std::string_view kUserMembers[] = {"UserName", "UserId", "AccessKeys", "Policies"};
constexpr std::string_view kKeyMembers[] = {"AccessKeyId", "SecretAccessKey", "SessionToken"};

std::unexpected<base::Error> Refuse(std::string message) {
  return base::Fail(base::ErrorCode::kInvalidArgument, std::move(message));
}

// As IAM has it; the name becomes part of an ARN.
bool IsUserName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_+=,.@-").find(c) != std::string_view::npos;
  });
}

// Slashes would end the id within a signature's scope.
bool IsKeyId(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::ranges::all_of(id, [](char c) {
    return c > ' ' && c < 0x7f && c != '/' && c != ',' && c != '=';
  });
}

base::Result<std::string> Text(json::Object object, std::string_view name, std::string_view what,
                               bool required = true) {
  const auto member = object[name];
  std::string_view text;
  if (member.error() && !required) return std::string();
  if (member.get(text) || text.empty()) {
    return Refuse(fmt::format("{} needs a '{}'", what, name));
  }
  return std::string(text);
}

base::Result<json::Array> List(json::Object object, std::string_view name, std::string_view what) {
  json::Array list;
  if (object[name].get(list)) return Refuse(fmt::format("{} needs a list '{}'", what, name));
  return list;
}

}  // namespace

base::Result<AccessList> AccessList::Parse(std::string_view text,
                                           std::span<const ConditionKey> condition_keys) {
  json::Document document;
  TRY_ASSIGN(const json::Element root, document.Parse(text));
  TRY(CheckMembers(root, "the file", kFileMembers));
  TRY_ASSIGN(const json::Array users, List(root.get_object().value_unsafe(), "Users", "the file"));

  AccessList out;
  std::set<std::string> names;
  for (const json::Element element : users) {
    TRY(CheckMembers(element, "a user", kUserMembers));
    const json::Object object = element.get_object().value_unsafe();
    auto user = std::make_shared<AccessUser>();
    TRY_ASSIGN(user->name, Text(object, "UserName", "a user"));
    if (!IsUserName(user->name)) return Refuse("a UserName has 1 to 64 of a-zA-Z0-9_+=,.@-");
    if (!names.insert(user->name).second) {
      return Refuse(fmt::format("the user '{}' comes twice", user->name));
    }
    const std::string what = fmt::format("the user '{}'", user->name);
    TRY_ASSIGN(user->id, Text(object, "UserId", what, false));
    if (user->id.empty()) user->id = user->name;

    TRY_ASSIGN(const json::Array policies, List(object, "Policies", what));
    size_t number = 0;
    for (const json::Element each : policies) {
      ++number;
      auto policy = Policy::Parse(each, condition_keys);
      if (!policy) {
        return Refuse(fmt::format("{}, policy {}: {}", what, number, policy.error().message));
      }
      user->policies.push_back(*std::move(policy));
    }

    TRY_ASSIGN(const json::Array keys, List(object, "AccessKeys", what));
    for (const json::Element each : keys) {
      const std::string key_of = fmt::format("an access key of {}", what);
      TRY(CheckMembers(each, key_of, kKeyMembers));
      const json::Object key = each.get_object().value_unsafe();
      TRY_ASSIGN(std::string id, Text(key, "AccessKeyId", key_of));
      if (!IsKeyId(id)) return Refuse(fmt::format("{} has an AccessKeyId that is none", key_of));
      AccessKey entry;
      TRY_ASSIGN(entry.secret, Text(key, "SecretAccessKey", key_of));
      TRY_ASSIGN(entry.session_token, Text(key, "SessionToken", key_of, false));
      entry.user = user;
      if (!out.keys_.emplace(id, std::move(entry)).second) {
        return Refuse(fmt::format("the access key id '{}' comes twice", id));
      }
    }
  }
  if (out.keys_.empty()) return Refuse("the file has no access key: nobody could call");
  return out;
}

base::Result<AccessList> AccessList::Load(const std::string& path,
                                          std::span<const ConditionKey> keys) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & 027) != 0) {
    return base::Fail(base::ErrorCode::kPermissionDenied,
                      fmt::format("{}: others may read or change it: chmod 600 {}", path, path));
  }
  TRY_ASSIGN(const std::string text, ReadSmallFile(path, kMaxFileBytes));
  auto list = Parse(text, keys);
  if (!list) list.error().message = fmt::format("{}: {}", path, list.error().message);
  return list;
}

const AccessKey* AccessList::Find(std::string_view access_key_id) const {
  const auto at = keys_.find(access_key_id);
  return at == keys_.end() ? nullptr : &at->second;
}

Verdict Decide(const AccessUser& user, const PolicyQuestion& question) {
  Verdict verdict = Verdict::kNothing;
  for (const Policy& each : user.policies) {
    const Verdict one = each.Decide(question);
    if (one == Verdict::kDenied) return one;
    if (one == Verdict::kAllowed) verdict = one;
  }
  return verdict;
}

}  // namespace cruddur::auth
