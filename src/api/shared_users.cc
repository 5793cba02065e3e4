#include "api/shared_users.h"

#include <memory>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "json/reader.h"
#include "json/writer.h"

namespace cruddur::api {
namespace {

using accounts::User;

// As the database has them: longer names nobody has.
constexpr size_t kMaxName = 128;

std::string IdKey(const std::string& cognito_user_id) { return "USR#id#" + cognito_user_id; }
std::string HandleKey(std::string_view handle) {
  std::string key = "USR#handle#";
  for (const char c : handle) key += base::LowerAscii(c);
  return key;
}

constexpr std::pair<std::string_view, std::string User::*> kFields[] = {
    {"uuid", &User::uuid},
    {"display_name", &User::display_name},
    {"handle", &User::handle},
    {"email", &User::email},
    {"cognito_user_id", &User::cognito_user_id},
    {"created_at", &User::created_at}};

cache::Bytes Pack(const User& user) {
  auto bytes = std::make_shared<std::string>();
  json::Writer writer(*bytes);
  writer.BeginObject();
  for (const auto& [name, field] : kFields) writer.Key(name).String(user.*field);
  writer.EndObject();
  return bytes;
}

std::optional<User> Unpack(std::string_view bytes) {
  json::Document document;
  const auto parsed = document.Parse(bytes);
  if (!parsed) return std::nullopt;
  User user;
  for (const auto& [name, field] : kFields) {
    std::string_view text;
    if ((*parsed)[name].get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
    user.*field = text;
  }
  return user;
}

}  // namespace

SharedUsers::Found SharedUsers::FindByCognitoUserId(std::string cognito_user_id) {
  std::string key = IdKey(cognito_user_id);
  return Look(std::move(key), std::move(cognito_user_id), &Users::FindByCognitoUserId);
}

SharedUsers::Found SharedUsers::FindByHandle(std::string handle) {
  std::string key = HandleKey(handle);
  return Look(std::move(key), std::move(handle), &Users::FindByHandle);
}

SharedUsers::Found SharedUsers::FindByUuid(std::string uuid) {
  return database_.FindByUuid(std::move(uuid));
}

base::Task<base::Result<std::vector<User>>> SharedUsers::FindByUuids(
    std::vector<std::string> uuids) {
  return database_.FindByUuids(std::move(uuids));
}

base::Task<base::Result<std::vector<User>>> SharedUsers::Search(std::string beginning) {
  return database_.Search(std::move(beginning));
}

SharedUsers::Found SharedUsers::Look(std::string key, std::string name, Find find) {
  if (cache_ == nullptr || name.size() > kMaxName) {
    co_return co_await (database_.*find)(std::move(name));
  }
  const cache::Lookup lookup = co_await cache_->Get(key);
  if (lookup.bytes) {
    if (auto user = Unpack(*lookup.bytes)) co_return user;
  }
  auto found = co_await (database_.*find)(std::move(name));
  if (found && *found && lookup.version != 0) {
    co_await cache_->SetIfNewer(key, lookup.version, Pack(**found));
  }
  co_return found;
}

void SharedUsers::Forget(const User& user) {
  if (cache_ == nullptr) return;
  cache_->Drop(IdKey(user.cognito_user_id));
  cache_->Drop(HandleKey(user.handle));
}

}  // namespace cruddur::api
