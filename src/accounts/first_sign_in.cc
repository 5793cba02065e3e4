#include "accounts/first_sign_in.h"

#include "accounts/database_users.h"
#include "accounts/pool_accounts.h"
#include "accounts/sql.h"
#include "base/log.h"
#include "base/random.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

using base::ErrorCode;
using Profile = std::optional<PoolUser>;

// Empty: the pool has none that could be one. A pool whose usernames are its users' ids has given
// nobody a name.
std::string HandleOf(const PoolUser& profile) {
  if (!profile.preferred_username.empty()) {
    return IsHandle(profile.preferred_username) ? profile.preferred_username : "";
  }
  const bool is_name = IsHandle(profile.username) && profile.username != profile.sub &&
                       !base::IsUuid(profile.username);
  return is_name ? profile.username : "";
}

// The row, of this call or of another one that was faster; nullopt where another user has the
// handle or the address.
base::Result<std::optional<User>> Insert(Connection& connection, const PoolUser& profile,
                                         const std::string& handle, base::Micros now) {
  const std::string uuid = base::NewUuid();
  // An address counts from when its owner has shown that it is his: nobody takes another's.
  const std::string email = profile.email_verified ? profile.email : NoEmail(uuid);
  const std::string& name = profile.name.empty() ? handle : profile.name;
  TRY(connection.Run(sql::kUserInsert,
                     {uuid, name, handle, email, profile.sub, base::FormatTimestamp(now)}));
  return FindUserByCognitoUserId(connection, profile.sub);
}

}  // namespace

base::Task<base::Result<Profile>> BuiltInProfiles::Of(std::string cognito_user_id, std::string) {
  std::move_only_function<base::Result<Profile>(Connection&)> work =
      [sub = std::move(cognito_user_id)](Connection& connection) -> base::Result<Profile> {
    TRY_ASSIGN(auto account, FindAccountBySub(connection, sub));
    if (!account || !account->user.enabled) return std::nullopt;
    return std::move(account->user);
  };
  co_return co_await database_.Run<Profile>(Access::kRead, std::move(work));
}

UserDirectory::Found FirstSignIn::Enroll(std::string cognito_user_id, std::string access_token) {
  std::optional<base::Error> refusal = Recall(access_token);
  if (!refusal) {
    auto user = co_await Ask(std::move(cognito_user_id), access_token);
    if (user) co_return user;
    refusal = std::move(user).error();
    Remember(access_token, *refusal);
  }
  if (refusal->code == ErrorCode::kUnauthenticated) co_return nullptr;
  co_return std::unexpected(*std::move(refusal));
}

std::optional<base::Error> FirstSignIn::Recall(const std::string& access_token) {
  const base::Micros now = clock_.Now();
  // A clock that went back makes nothing last for longer.
  const auto counts = [&](const Refusal& refusal, base::Micros time) {
    return now >= refusal.at && now - refusal.at < time;
  };
  std::optional<base::Error> error;
  refused_.Visit(HashedKey(access_token), [&](const Refusal& refusal) {
    if (counts(refusal, options_.refused_time)) error = refusal.error;
  });
  if (error) return error;
  const std::lock_guard lock(away_mutex_);
  if (away_ && counts(*away_, options_.away_time)) error = away_->error;
  return error;
}

void FirstSignIn::Remember(const std::string& access_token, base::Error error) {
  Refusal refusal{std::move(error), clock_.Now()};
  if (refusal.error.code == ErrorCode::kUnavailable) {
    const std::lock_guard lock(away_mutex_);
    away_ = std::move(refusal);
  } else if (refusal.error.code == ErrorCode::kUnauthenticated ||
             refusal.error.code == ErrorCode::kPermissionDenied) {
    refused_.Put(HashedKey(access_token), std::move(refusal));
  }
}

UserDirectory::Found FirstSignIn::Ask(std::string cognito_user_id, std::string access_token) {
  CO_TRY_ASSIGN(Profile profile, co_await profiles_.Of(cognito_user_id, std::move(access_token)));
  if (!profile || profile->sub != cognito_user_id) {
    co_return base::Fail(ErrorCode::kUnauthenticated, "the user pool doesn't know the user");
  }
  const std::string handle = HandleOf(*profile);
  if (handle.empty()) {
    co_return base::Fail(ErrorCode::kPermissionDenied,
                         "the user pool has no handle for you: set preferred_username there");
  }
  std::move_only_function<base::Result<std::optional<User>>(Connection&)> work =
      [profile = *std::move(profile), handle, now = clock_.Now()](Connection& connection) {
        return Insert(connection, profile, handle, now);
      };
  CO_TRY_ASSIGN(auto user,
                co_await database_.Run<std::optional<User>>(Access::kWrite, std::move(work)));
  if (!user) {
    base::Log(base::LogLevel::kWarn, "a user who signed in got no row",
              {{"handle", handle}, {"reason", "another user has the handle or the address"}});
    co_return base::Fail(ErrorCode::kPermissionDenied,
                         "another user has your handle or your email address");
  }
  users_.Forget(*user);
  base::Log(base::LogLevel::kInfo, "a user signed in for the first time", {{"handle", handle}});
  co_return std::make_shared<const User>(*std::move(user));
}

}  // namespace cruddur::accounts
