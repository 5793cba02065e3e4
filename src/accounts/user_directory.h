// Users by Cognito id, handle and uuid, from memory where it can: it is asked on every HTTP
// request.
//
// A user who was found is remembered for a minute, an unknown one for two seconds. So a change in
// the database is seen within a minute by those who don't tell us of it (Forget). While the
// database is away, what is remembered still serves, however old.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/sharded_cache.h"
#include "accounts/users.h"
#include "base/clock.h"

namespace cruddur::accounts {

using UserPtr = std::shared_ptr<const User>;

struct DirectoryOptions {
  std::chrono::seconds found_time{60};
  std::chrono::seconds unknown_time{2};
  // One of those who ask for an entry that is over its time loads it anew; the others take it as it
  // is for this long. As long it serves after a load that failed.
  std::chrono::seconds renewal_time{1};
  size_t capacity = 30'000;  // entries; a user takes up to three
};

// Thread-safe; never blocks the loop. `users` and `clock` must outlive it.
class UserDirectory {
 public:
  // A null pointer: there is no such user.
  using Found = base::Task<base::Result<UserPtr>>;

  UserDirectory(Users& users, const base::Clock& clock, DirectoryOptions options = {});

  // Errors as those of Users, only where nothing is remembered.
  Found ByCognitoUserId(std::string_view cognito_user_id);
  Found ByHandle(std::string_view handle);  // in any case
  Found ByUuid(std::string_view uuid);      // in any case

  // Those that there are, in the order of the question.
  base::Task<base::Result<std::vector<UserPtr>>> ByUuids(std::vector<std::string> uuids);

  // As Users::Search: the database is asked always.
  base::Task<base::Result<std::vector<User>>> Search(std::string beginning) {
    return users_.Search(std::move(beginning));
  }

  // For whoever changes a user: the next look-up by any of the user's names asks the database.
  void Forget(const User& user);

 private:
  struct Entry {
    UserPtr user;  // null: unknown
    base::Micros loaded_at{};
    base::Micros fresh_until{};
  };
  enum class State { kAbsent, kFresh, kStale };
  struct Peeked {
    State state = State::kAbsent;
    UserPtr user;
  };
  using Find = Users::Found (Users::*)(std::string);

  Found Look(std::string key, Find find);
  Peeked Peek(std::string_view key);
  void Remember(std::string_view key, UserPtr user);
  void RememberUser(const UserPtr& user);

  Users& users_;
  const base::Clock& clock_;
  const DirectoryOptions options_;
  ShardedCache<Entry> cache_;
  // Counts Forget's calls: what was being loaded meanwhile may be old already, and isn't
  // remembered.
  std::atomic<uint64_t> forgets_{0};
};

}  // namespace cruddur::accounts
