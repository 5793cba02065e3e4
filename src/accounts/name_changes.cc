#include "accounts/name_changes.h"

#include "accounts/database_users.h"
#include "accounts/sql.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

using base::FormatTimestamp;
using Taken = std::optional<NameChange>;

base::Result<Taken> TakeOne(Connection& connection, base::Micros now, base::Micros until) {
  TRY_ASSIGN(const Rows rows,
             connection.Run(sql::kNameChangeTake, {FormatTimestamp(now), FormatTimestamp(until)}));
  if (rows.empty()) return std::nullopt;
  TRY_ASSIGN(auto user, FindUserByUuid(connection, rows.Text(0, 0)));
  if (!user) return std::nullopt;  // gone since, and the entry with him
  return NameChange{*std::move(user), rows.Text(0, 1), rows.Text(0, 2), rows.Text(0, 3)};
}

}  // namespace

base::Task<base::Result<Taken>> NameChanges::Take() {
  const base::Micros now = clock_.Now();
  std::move_only_function<base::Result<Taken>(Connection&)> work =
      [now, until = now + options_.step_time](Connection& connection) {
        return TakeOne(connection, now, until);
      };
  co_return co_await database_.Run<Taken>(Access::kWrite, std::move(work));
}

base::Task<base::Result<bool>> NameChanges::Advance(NameChange change, std::string progress) {
  std::move_only_function<base::Result<bool>(Connection&)> work =
      [change = std::move(change), progress = std::move(progress),
       until = clock_.Now() + options_.step_time](Connection& connection) -> base::Result<bool> {
    TRY_ASSIGN(const Rows rows,
               connection.Run(sql::kNameChangeAdvance, {change.user.uuid, change.changed_at,
                                                        progress, FormatTimestamp(until)}));
    return !rows.empty();
  };
  co_return co_await database_.Run<bool>(Access::kWrite, std::move(work));
}

base::Task<base::Result<bool>> NameChanges::Finish(NameChange change) {
  CO_TRY_ASSIGN(const base::Micros changed_at, base::ParseTimestamp(change.changed_at));
  const std::string settled_at = FormatTimestamp(changed_at + options_.settle_time);
  std::move_only_function<base::Result<bool>(Connection&)> work =
      [change = std::move(change), settled_at](Connection& connection) -> base::Result<bool> {
    const bool done = change.began_at >= settled_at;
    if (done) {
      TRY(connection.Run(sql::kNameChangeDone, {change.user.uuid, change.changed_at}));
    } else {
      TRY(connection.Run(sql::kNameChangeAgain, {change.user.uuid, change.changed_at, settled_at}));
    }
    return done;
  };
  co_return co_await database_.Run<bool>(Access::kWrite, std::move(work));
}

base::Status NoteNameChange(Connection& connection, std::string_view user_uuid, base::Micros now) {
  TRY(connection.Run(sql::kNameChangePut, {user_uuid, FormatTimestamp(now)}));
  return {};
}

}  // namespace cruddur::accounts
