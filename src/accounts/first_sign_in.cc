#include "accounts/first_sign_in.h"

#include "accounts/database_users.h"
#include "accounts/pool_accounts.h"
#include "accounts/sql.h"
#include "base/log.h"
#include "base/random.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

using Profile = std::optional<PoolUser>;

// The row, of this call or of another one that was faster; nullopt where another user has the
// handle or the address.
base::Result<std::optional<User>> Insert(Connection& connection, const PoolUser& profile,
                                         base::Micros now) {
  const std::string& name = profile.name.empty() ? profile.preferred_username : profile.name;
  TRY(connection.Run(sql::kUserInsert, {base::NewUuid(), name, profile.preferred_username,
                                        profile.email, profile.sub, base::FormatTimestamp(now)}));
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
  CO_TRY_ASSIGN(Profile profile, co_await profiles_.Of(cognito_user_id, std::move(access_token)));
  if (!profile || profile->sub != cognito_user_id || !profile->email_verified ||
      !IsHandle(profile->preferred_username)) {
    co_return nullptr;
  }
  const std::string handle = profile->preferred_username;
  std::move_only_function<base::Result<std::optional<User>>(Connection&)> work =
      [profile = *std::move(profile), now = clock_.Now()](Connection& connection) {
        return Insert(connection, profile, now);
      };
  CO_TRY_ASSIGN(auto user,
                co_await database_.Run<std::optional<User>>(Access::kWrite, std::move(work)));
  if (!user) {
    base::Log(base::LogLevel::kWarn, "a user who signed in got no row",
              {{"handle", handle}, {"reason", "another user has the handle or the address"}});
    co_return base::Fail(base::ErrorCode::kPermissionDenied,
                         "another user has your handle or your email address");
  }
  users_.Forget(*user);
  base::Log(base::LogLevel::kInfo, "a user signed in for the first time", {{"handle", handle}});
  co_return std::make_shared<const User>(*std::move(user));
}

}  // namespace cruddur::accounts
