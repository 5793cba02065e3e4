#include "accounts/database_users.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "accounts/sql.h"
#include "base/ascii.h"
#include "base/random.h"

namespace cruddur::accounts {
namespace {

constexpr size_t kUuidsPerStatement = 16;  // as many as users_by_uuids.sql has parameters
constexpr size_t kMaxCognitoUserIdBytes = 128;
constexpr size_t kMaxSearchBytes = 400;  // a name has up to 100 characters
constexpr std::string_view kLastCodePoint = "\U0010FFFF";

// The columns in the order in which each of our queries names them.
User ReadUser(const Rows& rows, size_t row) {
  return {rows.Text(row, 0), rows.Text(row, 1), rows.Text(row, 2),
          rows.Text(row, 3), rows.Text(row, 4), rows.Text(row, 5)};
}

base::Result<std::optional<User>> One(base::Result<Rows> rows) {
  if (!rows) return std::unexpected(std::move(rows).error());
  if (rows->empty()) return std::nullopt;
  return ReadUser(*rows, 0);
}

base::Result<std::vector<User>> FindAll(Connection& connection,
                                        const std::vector<std::string>& uuids) {
  std::unordered_map<std::string, User> found;
  for (size_t at = 0; at < uuids.size(); at += kUuidsPerStatement) {
    std::array<Parameter, kUuidsPerStatement> parameters;
    const size_t count = std::min(kUuidsPerStatement, uuids.size() - at);
    std::copy_n(uuids.begin() + static_cast<ptrdiff_t>(at), count, parameters.begin());
    TRY_ASSIGN(const Rows rows, connection.Run(sql::kUsersByUuids, parameters));
    for (size_t row = 0; row < rows.size(); ++row) {
      User user = ReadUser(rows, row);
      found.try_emplace(user.uuid, std::move(user));
    }
  }
  std::vector<User> users;
  for (const auto& uuid : uuids) {
    if (const auto user = found.find(uuid); user != found.end()) users.push_back(user->second);
  }
  return users;
}

// Two ranges of an index, of which no more is read than is shown.
base::Result<std::vector<User>> FindBeginning(Connection& connection,
                                              const std::string& beginning) {
  std::vector<User> users;
  for (const Statement& statement : {sql::kUsersByHandleBeginning, sql::kUsersByNameBeginning}) {
    TRY_ASSIGN(const Rows rows, connection.Run(statement, {beginning, kLastCodePoint}));
    for (size_t row = 0; row < rows.size() && users.size() < kMostFound; ++row) {
      User user = ReadUser(rows, row);
      if (std::ranges::find(users, user) == users.end()) users.push_back(std::move(user));
    }
  }
  return users;
}

}  // namespace

std::string NoEmail(std::string_view uuid) { return std::string(uuid) + "@unverified.invalid"; }

bool HasEmail(const User& user) { return user.email != NoEmail(user.uuid); }

bool IsHandle(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, allowed);
}

Users::Found DatabaseUsers::FindOne(const Statement& statement, std::string parameter) {
  std::move_only_function<base::Result<std::optional<User>>(Connection&)> work =
      [statement, parameter = std::move(parameter)](Connection& connection) {
        return One(connection.Run(statement, {parameter}));
      };
  co_return co_await pool_.Run<std::optional<User>>(Access::kRead, std::move(work));
}

Users::Found DatabaseUsers::FindByCognitoUserId(std::string cognito_user_id) {
  if (cognito_user_id.empty() || cognito_user_id.size() > kMaxCognitoUserIdBytes ||
      !IsStorableText(cognito_user_id)) {
    co_return std::nullopt;
  }
  co_return co_await FindOne(sql::kUserByCognitoUserId, std::move(cognito_user_id));
}

Users::Found DatabaseUsers::FindByHandle(std::string handle) {
  if (!IsHandle(handle)) co_return std::nullopt;
  co_return co_await FindOne(sql::kUserByHandle, std::move(handle));
}

Users::Found DatabaseUsers::FindByUuid(std::string uuid) {
  if (!base::IsUuid(uuid)) co_return std::nullopt;
  co_return co_await FindOne(sql::kUserByUuid, base::LowerAscii(uuid));
}

base::Task<base::Result<std::vector<User>>> DatabaseUsers::FindByUuids(
    std::vector<std::string> uuids) {
  if (uuids.size() > kMaxUuidsAtOnce) {
    co_return base::Fail(base::ErrorCode::kInvalidArgument, "too many users at once");
  }
  std::erase_if(uuids, [](const auto& uuid) { return !base::IsUuid(uuid); });
  for (auto& uuid : uuids) uuid = base::LowerAscii(uuid);
  if (uuids.empty()) co_return std::vector<User>();
  std::move_only_function<base::Result<std::vector<User>>(Connection&)> work =
      [uuids = std::move(uuids)](Connection& connection) { return FindAll(connection, uuids); };
  co_return co_await pool_.Run<std::vector<User>>(Access::kRead, std::move(work));
}

base::Task<base::Result<std::vector<User>>> DatabaseUsers::Search(std::string beginning) {
  if (beginning.empty() || beginning.size() > kMaxSearchBytes || !IsStorableText(beginning)) {
    co_return std::vector<User>();
  }
  std::move_only_function<base::Result<std::vector<User>>(Connection&)> work =
      [beginning = std::move(beginning)](Connection& connection) {
        return FindBeginning(connection, beginning);
      };
  co_return co_await pool_.Run<std::vector<User>>(Access::kRead, std::move(work));
}

base::Result<std::optional<User>> FindUserByUuid(Connection& connection, std::string_view uuid) {
  return One(connection.Run(sql::kUserByUuid, {uuid}));
}

base::Result<std::optional<User>> FindUserByHandle(Connection& connection,
                                                   std::string_view handle) {
  if (!IsHandle(handle)) return std::nullopt;
  return One(connection.Run(sql::kUserByHandle, {handle}));
}

base::Result<std::optional<User>> FindUserByCognitoUserId(Connection& connection,
                                                          std::string_view cognito_user_id) {
  return One(connection.Run(sql::kUserByCognitoUserId, {cognito_user_id}));
}

}  // namespace cruddur::accounts
