#include "accounts/seed.h"

#include "accounts/built_in_user_pool.h"
#include "accounts/database_users.h"
#include "accounts/sql.h"
#include "base/random.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

// True if the user was added, false if the handle was there.
base::Result<bool> Add(Connection& connection, const SeedUser& user, base::Micros now) {
  if (!IsHandle(user.handle)) {
    return base::Fail(base::ErrorCode::kInvalidArgument,
                      "'" + user.handle +
                          "' can't be a handle: up to 64 letters, digits, '_', "
                          "'.' and '-'");
  }
  const std::string name = user.display_name.empty() ? user.handle : user.display_name;
  const std::string email = user.email.empty() ? user.handle + "@example.com" : user.email;
  // The Cognito id is made here: the built-in pool takes it for its own user's sub.
  TRY_ASSIGN(const Rows inserted,
             connection.Run(sql::kUserInsert, {base::NewUuid(), name, user.handle, email,
                                               base::NewUuid(), base::FormatTimestamp(now)}));
  if (inserted.empty()) {
    TRY_ASSIGN(const auto present, FindUserByHandle(connection, user.handle));
    if (!present) {
      return base::Fail(base::ErrorCode::kAlreadyExists,
                        "the email of '" + user.handle + "' is another user's");
    }
  }
  TRY(EnsurePoolUser(connection, user.handle, now));
  return !inserted.empty();
}

}  // namespace

const std::vector<SeedUser>& DemoUsers() {
  static const std::vector<SeedUser> users = {
      {"andrewbrown", "Andrew Brown", ""},
      {"bayko", "Andrew Bayko", ""},
      {"londo", "Londo Mollari", ""},
  };
  return users;
}

base::Result<SeedReport> SeedUsers(Connection& connection, const std::vector<SeedUser>& users,
                                   base::Micros now) {
  SeedReport report;
  TRY_ASSIGN(Transaction transaction, Transaction::Begin(connection));
  for (const SeedUser& user : users) {
    TRY_ASSIGN(const bool added, Add(connection, user, now));
    (added ? report.added : report.kept).push_back(user.handle);
  }
  TRY(transaction.Commit());
  return report;
}

}  // namespace cruddur::accounts
