#include "accounts/pool_accounts.h"

#include "accounts/built_in_user_pool.h"
#include "accounts/pool_request.h"
#include "accounts/sql.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

PoolAccount ReadAccount(const Rows& rows, size_t row) {
  return {
      .user = ReadPoolUser(rows, row),
      .password = {.hash = rows.Text(row, 10), .srp = {rows.Text(row, 11), rows.Text(row, 12)}}};
}

base::Result<std::optional<PoolAccount>> One(base::Result<Rows> rows) {
  if (!rows) return std::unexpected(std::move(rows).error());
  if (rows->empty()) return std::nullopt;
  return ReadAccount(*rows, 0);
}

// NULL for a text that isn't there: an index of unique names has any number of them.
Parameter OrNull(const std::string& text) { return text.empty() ? Parameter() : Parameter(text); }

}  // namespace

base::Result<std::optional<PoolAccount>> FindAccount(Connection& connection,
                                                     std::string_view name) {
  return One(connection.Run(sql::kPoolAccountByName, {name}));
}

base::Result<std::optional<PoolAccount>> FindAccountBySub(Connection& connection,
                                                          std::string_view sub) {
  return One(connection.Run(sql::kPoolAccountBySub, {sub}));
}

base::Result<std::vector<PoolAccount>> FindCandidates(Connection& connection,
                                                      std::string_view name) {
  std::vector<PoolAccount> found;
  TRY_ASSIGN(auto named, FindAccount(connection, name));
  if (named) found.push_back(*std::move(named));
  if (!IsEmail(name)) return found;
  TRY_ASSIGN(const Rows rows, connection.Run(sql::kPoolAccountsUnconfirmed, {name}));
  for (size_t row = 0; row < rows.size(); ++row) found.push_back(ReadAccount(rows, row));
  return found;
}

base::Result<bool> IsNameTaken(Connection& connection, std::string_view name) {
  TRY_ASSIGN(const Rows rows, connection.Run(sql::kPoolNameTaken, {name}));
  return !rows.empty();
}

base::Result<bool> InsertAccount(Connection& connection, const PoolAccount& account) {
  const PoolUser& user = account.user;
  TRY_ASSIGN(
      const Rows rows,
      connection.Run(sql::kPoolUserInsert,
                     {user.sub, user.username, OrNull(user.preferred_username), user.email,
                      user.email_verified ? "1" : "0", user.status, user.created_at,
                      OrNull(user.name), OrNull(account.password.hash),
                      OrNull(account.password.srp.salt), OrNull(account.password.srp.verifier)}));
  return !rows.empty();
}

base::Result<bool> SetPassword(Connection& connection, std::string_view sub,
                               const StoredPassword& password, std::string_view status,
                               base::Micros now) {
  TRY_ASSIGN(const Rows rows,
             connection.Run(sql::kPoolUserSetPassword,
                            {sub, password.hash, password.srp.salt, password.srp.verifier, status,
                             base::FormatTimestamp(now)}));
  return !rows.empty();
}

}  // namespace cruddur::accounts
