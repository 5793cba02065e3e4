#include "accounts/profile_change.h"

#include "accounts/database_users.h"
#include "accounts/name_changes.h"
#include "accounts/sql.h"
#include "base/random.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

std::unexpected<base::Error> HandleTaken() {
  return base::Fail(base::ErrorCode::kAlreadyExists, "somebody else has this handle");
}

base::Status CheckFree(Connection& connection, const User& user) {
  TRY_ASSIGN(const Rows taken,
             connection.Run(sql::kUserHandleTaken, {user.handle, user.uuid, user.cognito_user_id}));
  if (taken.empty()) return {};
  return HandleTaken();
}

// The pool's user of the same name: who signs in with the handle goes on doing so.
base::Status ChangeInPool(Connection& connection, const ChangedProfile& changed, base::Micros now) {
  Parameter handle;
  if (changed.after.handle != changed.before.handle) handle = changed.after.handle;
  TRY(connection.Run(sql::kUserSetNamesInPool,
                     {changed.after.display_name, handle, base::FormatTimestamp(now),
                      changed.after.cognito_user_id}));
  return {};
}

base::Result<ChangedProfile> Change(Connection& connection, const std::string& uuid,
                                    const ProfileChange& change, base::Micros now) {
  TRY_ASSIGN(Transaction transaction, Transaction::Begin(connection));
  TRY_ASSIGN(auto user, FindUserByUuid(connection, uuid));
  if (!user) return base::Fail(base::ErrorCode::kNotFound, "there is no such user");
  ChangedProfile changed{*user, *std::move(user)};
  User& after = changed.after;
  if (change.display_name) after.display_name = *change.display_name;
  if (change.handle) after.handle = *change.handle;
  if (after == changed.before) return changed;

  // Else who takes an id that the user pool made up would know that it is nobody's.
  if (after.handle != changed.before.handle && base::IsUuid(after.handle)) return HandleTaken();
  TRY(CheckFree(connection, after));
  TRY(connection.Run(sql::kUserSetNames, {after.display_name, after.handle, after.uuid}));
  TRY(ChangeInPool(connection, changed, now));
  TRY(NoteNameChange(connection, after.uuid, now));
  TRY(transaction.Commit());
  return changed;
}

}  // namespace

base::Task<base::Result<ChangedProfile>> ChangeProfile(ConnectionPool& database, std::string uuid,
                                                       ProfileChange change, base::Micros now) {
  std::move_only_function<base::Result<ChangedProfile>(Connection&)> work =
      [uuid = std::move(uuid), change = std::move(change), now](Connection& connection) {
        return Change(connection, uuid, change, now);
      };
  co_return co_await database.Run<ChangedProfile>(Access::kWrite, std::move(work));
}

}  // namespace cruddur::accounts
