// The built-in user pool: the table pool_users of the users database.
//
// Its names are constants, so that a token that `cruddur token` prints is one that `cruddur serve`
// takes, whatever address that listens on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/connection_pool.h"
#include "accounts/user_pool.h"
#include "base/clock.h"

namespace cruddur::accounts {

inline constexpr std::string_view kBuiltInPoolId = "local_cruddur";
inline constexpr std::string_view kBuiltInClientId = "cruddurlocalclient";
// The `iss` of the tokens. It names the pool; nobody connects to it.
inline constexpr std::string_view kBuiltInIssuer = "http://localhost:4567/local_cruddur";

class BuiltInUserPool final : public UserPool {
 public:
  explicit BuiltInUserPool(ConnectionPool& pool, size_t page_size = 60)
      : pool_(pool), page_size_(page_size) {}

  // The token is the last page's last sub.
  base::Task<base::Result<PoolPage>> ListUsers(std::string pagination_token) override;

 private:
  ConnectionPool& pool_;
  const size_t page_size_;  // Cognito's is at most 60
};

// The columns in the order in which each of our queries names them.
PoolUser ReadPoolUser(const Rows& rows, size_t row);

// A page of at most `size` users, those behind the sub `after`.
base::Result<PoolPage> ReadPoolPage(Connection& connection, const std::string& after, size_t size);

// The pool's user of this handle, whatever its case.
base::Result<std::optional<PoolUser>> FindPoolUser(Connection& connection, std::string_view handle);

// The pool's user for the row of `users` with this handle, made if the pool hasn't one: with the
// row's cognito_user_id for its sub. kNotFound if there is no such row.
base::Result<PoolUser> EnsurePoolUser(Connection& connection, std::string_view handle,
                                      base::Micros now);

}  // namespace cruddur::accounts
