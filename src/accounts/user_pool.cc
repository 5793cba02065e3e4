#include "accounts/user_pool.h"

#include <algorithm>

#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

constexpr size_t kMaxPages = 100'000;

void WriteTime(json::Writer& writer, std::string_view name, const std::string& text) {
  const auto time = base::ParseTimestamp(text);
  if (time) writer.Key(name).Double(std::chrono::duration<double>(*time).count());
}

}  // namespace

base::Task<base::Result<std::vector<PoolUser>>> ListAllUsers(UserPool& pool) {
  std::vector<PoolUser> users;
  std::string token;
  for (size_t pages = 0; pages < kMaxPages; ++pages) {
    CO_TRY_ASSIGN(PoolPage page, co_await pool.ListUsers(token));
    for (auto& user : page.users) users.push_back(std::move(user));
    if (page.next_token.empty()) co_return users;
    if (page.next_token == token) break;
    token = std::move(page.next_token);
  }
  co_return base::Fail(base::ErrorCode::kInternal, "the user pool's pages have no end");
}

std::vector<std::pair<std::string, std::string>> AttributesOf(const PoolUser& user) {
  std::vector<std::pair<std::string, std::string>> attributes = {
      {"sub", user.sub}, {"email_verified", user.email_verified ? "true" : "false"}};
  if (!user.name.empty()) attributes.emplace_back("name", user.name);
  if (!user.preferred_username.empty()) {
    attributes.emplace_back("preferred_username", user.preferred_username);
  }
  attributes.emplace_back("email", user.email);
  return attributes;
}

void WriteAttributes(json::Writer& writer, const PoolUser& user,
                     const std::vector<std::string>& only) {
  writer.BeginArray();
  for (const auto& [name, value] : AttributesOf(user)) {
    if (!only.empty() && std::ranges::find(only, name) == only.end()) continue;
    writer.BeginObject().Key("Name").String(name).Key("Value").String(value).EndObject();
  }
  writer.EndArray();
}

void WritePoolUser(json::Writer& writer, const PoolUser& user,
                   const std::vector<std::string>& only) {
  writer.BeginObject().Key("Username").String(user.username).Key("Attributes");
  WriteAttributes(writer, user, only);
  WritePoolUserState(writer, user);
  writer.EndObject();
}

void WritePoolUserState(json::Writer& writer, const PoolUser& user) {
  WriteTime(writer, "UserCreateDate", user.created_at);
  WriteTime(writer, "UserLastModifiedDate", user.updated_at);
  writer.Key("Enabled").Bool(user.enabled).Key("UserStatus").String(user.status);
}

}  // namespace cruddur::accounts
