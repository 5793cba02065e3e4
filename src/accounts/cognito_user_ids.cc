#include "accounts/cognito_user_ids.h"

#include "accounts/sql.h"

namespace cruddur::accounts {
namespace {

base::Result<CognitoUserIdsReport> Copy(Connection& connection,
                                        const std::vector<PoolUser>& pool_users) {
  CognitoUserIdsReport report;
  TRY_ASSIGN(Transaction transaction, Transaction::Begin(connection));
  for (const PoolUser& user : pool_users) {
    TRY(connection.Run(sql::kUserClearCognitoUserId, {user.preferred_username}));
  }
  for (const PoolUser& user : pool_users) {
    if (user.preferred_username.empty()) {
      report.no_handle.push_back(user.sub);
      continue;
    }
    auto updated = connection.Run(sql::kUserSetCognitoUserId, {user.sub, user.preferred_username});
    if (!updated) {
      updated.error().message =
          "user '" + user.preferred_username + "': " + updated.error().message;
      return std::unexpected(updated.error());
    }
    if (updated->empty()) {
      report.unknown.push_back(user.preferred_username);
    } else {
      report.updated.push_back({user.preferred_username, user.sub});
    }
  }
  TRY(transaction.Commit());
  return report;
}

}  // namespace

base::Task<base::Result<CognitoUserIdsReport>> UpdateCognitoUserIds(ConnectionPool& database,
                                                                    UserPool& pool) {
  CO_TRY_ASSIGN(auto users, co_await ListAllUsers(pool));
  std::move_only_function<base::Result<CognitoUserIdsReport>(Connection&)> work =
      [users = std::move(users)](Connection& connection) { return Copy(connection, users); };
  co_return co_await database.Run<CognitoUserIdsReport>(Access::kWrite, std::move(work));
}

}  // namespace cruddur::accounts
