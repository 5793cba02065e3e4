#include "accounts/user_pool.h"

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

void WritePoolUser(json::Writer& writer, const PoolUser& user) {
  const auto attribute = [&](std::string_view name, std::string_view value) {
    writer.BeginObject().Key("Name").String(name).Key("Value").String(value).EndObject();
  };
  writer.BeginObject().Key("Username").String(user.username).Key("Attributes").BeginArray();
  attribute("sub", user.sub);
  attribute("email_verified", user.email_verified ? "true" : "false");
  if (!user.preferred_username.empty()) attribute("preferred_username", user.preferred_username);
  attribute("email", user.email);
  writer.EndArray();
  WriteTime(writer, "UserCreateDate", user.created_at);
  WriteTime(writer, "UserLastModifiedDate", user.updated_at);
  writer.Key("Enabled").Bool(user.enabled).Key("UserStatus").String(user.status).EndObject();
}

}  // namespace cruddur::accounts
