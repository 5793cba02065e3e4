#include "accounts/pool_commands.h"

#include "accounts/built_in_user_pool.h"
#include "accounts/database_commands.h"
#include "accounts/pool_accounts.h"
#include "accounts/sql.h"
#include "base/timestamp.h"

namespace cruddur::accounts {

base::Result<bool> SetPoolPassword(const DatabaseOptions& options, std::string_view handle,
                                   std::string_view password, OldPassword old,
                                   const base::Clock& clock) {
  if (const auto checked = CheckPassword(password); !checked) {
    return base::Fail(base::ErrorCode::kInvalidArgument, checked.error().message);
  }
  const DatabaseOptions patient = ForCommands(options);
  const auto start = std::chrono::steady_clock::now();
  TRY_ASSIGN(const auto connection, OpenConnection(patient, start + patient.connect_time));
  connection->SetDeadline(start + patient.call_time);
  const base::Micros now = clock.Now();
  TRY_ASSIGN(const PoolUser user, EnsurePoolUser(*connection, handle, now));
  TRY_ASSIGN(const auto account, FindAccountBySub(*connection, user.sub));
  if (old == OldPassword::kKeep && account && !account->password.hash.empty()) return false;
  TRY(SetPassword(*connection, user.sub, StorePassword(user.sub, password), "CONFIRMED", now));
  TRY(connection->Run(sql::kPoolSessionsRevoke, {user.sub, base::FormatTimestamp(now)}));
  return true;
}

}  // namespace cruddur::accounts
