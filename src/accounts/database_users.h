// Users in the users database, through a pool of connections.
#pragma once

#include "accounts/connection_pool.h"
#include "accounts/users.h"

namespace cruddur::accounts {

class DatabaseUsers final : public Users {
 public:
  explicit DatabaseUsers(ConnectionPool& pool) : pool_(pool) {}

  Found FindByCognitoUserId(std::string cognito_user_id) override;
  Found FindByHandle(std::string handle) override;
  Found FindByUuid(std::string uuid) override;
  base::Task<base::Result<std::vector<User>>> FindByUuids(std::vector<std::string> uuids) override;
  base::Task<base::Result<std::vector<User>>> Search(std::string beginning) override;

 private:
  Found FindOne(const Statement& statement, std::string parameter);

  ConnectionPool& pool_;
};

// The same look-ups on a connection that one has.
base::Result<std::optional<User>> FindUserByHandle(Connection& connection, std::string_view handle);
base::Result<std::optional<User>> FindUserByUuid(Connection& connection, std::string_view uuid);
base::Result<std::optional<User>> FindUserByCognitoUserId(Connection& connection,
                                                          std::string_view cognito_user_id);

}  // namespace cruddur::accounts
