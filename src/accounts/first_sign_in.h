// Users who signed in at the user pool and aren't in the users database yet get their row.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/cognito_user_pool.h"
#include "accounts/connection_pool.h"
#include "accounts/token_verifier.h"
#include "accounts/user_directory.h"
#include "accounts/user_pool.h"
#include "base/clock.h"

namespace cruddur::accounts {

// What the user pool knows of who signed in. Thread-safe; never blocks the loop.
class Profiles {
 public:
  virtual ~Profiles() = default;

  // nullopt: the pool has no such user (any more). `access_token` is one that was verified.
  virtual base::Task<base::Result<std::optional<PoolUser>>> Of(std::string cognito_user_id,
                                                               std::string access_token) = 0;
};

// Those of the built-in pool.
class BuiltInProfiles final : public Profiles {
 public:
  explicit BuiltInProfiles(ConnectionPool& database) : database_(database) {}
  base::Task<base::Result<std::optional<PoolUser>>> Of(std::string cognito_user_id,
                                                       std::string access_token) override;

 private:
  ConnectionPool& database_;
};

// Those of a real pool: it is asked with the user's own token.
class CognitoProfiles final : public Profiles {
 public:
  explicit CognitoProfiles(CognitoUserPool& pool) : pool_(pool) {}
  base::Task<base::Result<std::optional<PoolUser>>> Of(std::string, std::string token) override {
    return pool_.GetUser(std::move(token));
  }

 private:
  CognitoUserPool& pool_;
};

// Thread-safe. What it is given must outlive it.
class FirstSignIn {
 public:
  FirstSignIn(ConnectionPool& database, Profiles& profiles, UserDirectory& users,
              const base::Clock& clock)
      : database_(database), profiles_(profiles), users_(users), clock_(clock) {}

  // The user's row, made if there is none: the handle from preferred_username, the display name
  // from name, the email address. Null if the pool doesn't know the user, or has no handle or no
  // verified address of him. kPermissionDenied: the handle or the address is another user's.
  UserDirectory::Found Enroll(std::string cognito_user_id, std::string access_token);

 private:
  ConnectionPool& database_;
  Profiles& profiles_;
  UserDirectory& users_;
  const base::Clock& clock_;
};

}  // namespace cruddur::accounts
