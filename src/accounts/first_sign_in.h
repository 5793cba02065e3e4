// Users who signed in at the user pool and aren't in the users database yet get their row.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/cognito_user_pool.h"
#include "accounts/connection_pool.h"
#include "accounts/sharded_cache.h"
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

struct FirstSignInOptions {
  std::chrono::seconds refused_time{
      10};                            // so long a token that was refused isn't asked about again
  std::chrono::seconds away_time{1};  // and nobody is, where the pool doesn't answer
  size_t capacity = 1'000;            // refused tokens that are remembered
};

// Thread-safe. What it is given must outlive it.
class FirstSignIn {
 public:
  using Options = FirstSignInOptions;
  FirstSignIn(ConnectionPool& database, Profiles& profiles, UserDirectory& users,
              const base::Clock& clock, Options options = {})
      : database_(database),
        profiles_(profiles),
        users_(users),
        clock_(clock),
        options_(options),
        refused_(options.capacity) {}

  // The user's row, made if there is none: the handle from preferred_username, else the username
  // where it can be one; the display name from name; the email address where it is verified, else
  // the one that stands for none (HasEmail of users.h). Null if the pool doesn't know the user.
  // kPermissionDenied, with a reason for people: the pool has no handle for him, or the handle or
  // the address is another user's. kUnavailable: can't be told now.
  UserDirectory::Found Enroll(std::string cognito_user_id, std::string access_token);

 private:
  struct Refusal {
    base::Error error;  // kUnauthenticated: the pool doesn't know him
    base::Micros at{};
  };
  UserDirectory::Found Ask(std::string cognito_user_id, std::string access_token);
  // What is remembered of this token or of the pool; nullopt: nothing that still counts.
  std::optional<base::Error> Recall(const std::string& access_token);
  void Remember(const std::string& access_token, base::Error error);

  ConnectionPool& database_;
  Profiles& profiles_;
  UserDirectory& users_;
  const base::Clock& clock_;
  const Options options_;
  ShardedCache<Refusal> refused_;  // by the token
  std::mutex away_mutex_;
  std::optional<Refusal> away_;  // protected by away_mutex_
};

}  // namespace cruddur::accounts
