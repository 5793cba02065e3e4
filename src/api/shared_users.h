// The users database behind a cache that several processes share: users by Cognito id and by
// handle.
//
// Only who was found is kept. Each process remembers users itself on top of this
// (accounts::UserDirectory), so the cache is asked where the database would be.
#pragma once

#include <string>
#include <vector>

#include "accounts/users.h"
#include "cache/cache.h"

namespace cruddur::api {

// Thread-safe once UseCache has returned.
class SharedUsers final : public accounts::Users {
 public:
  // `database` must outlive it.
  explicit SharedUsers(accounts::Users& database) : database_(database) {}

  // Before the first question. The cache ends after the last one.
  void UseCache(cache::Cache* cache) { cache_ = cache; }

  Found FindByCognitoUserId(std::string cognito_user_id) override;
  Found FindByHandle(std::string handle) override;
  Found FindByUuid(std::string uuid) override;
  base::Task<base::Result<std::vector<accounts::User>>> FindByUuids(
      std::vector<std::string> uuids) override;
  base::Task<base::Result<std::vector<accounts::User>>> Search(std::string beginning) override;
  // For every process on the cache.
  void Forget(const accounts::User& user) override;

 private:
  using Find = Found (accounts::Users::*)(std::string);
  Found Look(std::string key, std::string name, Find find);

  accounts::Users& database_;
  cache::Cache* cache_ = nullptr;
};

}  // namespace cruddur::api
