#include "accounts/pool_accounts.h"

#include "accounts/built_in_user_pool.h"
#include "accounts/pool_request.h"
#include "accounts/sql.h"
#include "base/ascii.h"
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
  if (!IsUsername(name)) return std::nullopt;
  return One(connection.Run(sql::kPoolAccountByName, {name}));
}

base::Result<std::optional<PoolAccount>> FindAccountBySub(Connection& connection,
                                                          std::string_view sub) {
  return One(connection.Run(sql::kPoolAccountBySub, {sub}));
}

base::Result<std::vector<PoolAccount>> FindUnconfirmed(Connection& connection,
                                                       std::string_view address, size_t most) {
  std::vector<PoolAccount> found;
  if (!IsEmail(address)) return found;
  TRY_ASSIGN(const Rows rows,
             connection.Run(sql::kPoolAccountsUnconfirmed, {address, std::to_string(most)}));
  for (size_t row = 0; row < rows.size(); ++row) found.push_back(ReadAccount(rows, row));
  return found;
}

std::string AttemptSubject(std::string_view name, const std::optional<PoolAccount>& account) {
  return account && !IsEmail(name) ? account->user.sub : base::LowerAscii(name);
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
                               base::Micros now, std::optional<std::string_view> instead_of) {
  TRY_ASSIGN(const Rows rows,
             connection.Run(sql::kPoolUserSetPassword,
                            {sub, password.hash, password.srp.salt, password.srp.verifier, status,
                             base::FormatTimestamp(now), instead_of}));
  if (!rows.empty()) TRY(connection.Run(sql::kPoolCodeSpend, {sub, "password"}));
  return !rows.empty();
}

}  // namespace cruddur::accounts
