// The routes about people: oneself, somebody by his handle, and a search.
#pragma once

#include <functional>
#include <string>

#include "accounts/address_limiter.h"
#include "accounts/profile_change.h"
#include "api/directory.h"
#include "api/front_door.h"

namespace cruddur::api {

struct PeopleOptions {
  // Carries a change out: accounts::ChangeProfile.
  std::function<base::Task<base::Result<accounts::ChangedProfile>>(std::string uuid,
                                                                   accounts::ProfileChange change)>
      change;
  // Of each change that was carried out, before it is answered.
  std::function<void(const accounts::ChangedProfile& changed)> changed;
  // False: handles are those of a user pool elsewhere.
  bool handles_change = true;
};

// Thread-safe; the collaborators outlive it, and it outlives the server.
class PeopleRoutes {
 public:
  PeopleRoutes(Directory& directory, const base::Clock& clock, PeopleOptions options)
      : directory_(directory),
        options_(std::move(options)),
        changes_(kChangesPerSecond, kMostChanges, clock) {}

  void AddTo(FrontDoor& door);

 private:
  using Request = net::Request;
  using Response = net::Response;

  // Each change sets off work for every conversation of who makes it: ten at once, then one in ten
  // seconds.
  static constexpr double kChangesPerSecond = 0.1, kMostChanges = 10;

  base::Task<void> ShowMe(const Request& request, Response& response);
  base::Task<void> ChangeMe(const Request& request, Response& response);
  base::Task<void> Search(const Request& request, Response& response);
  base::Task<void> Short(const std::string& handle, Response& response);

  Directory& directory_;
  const PeopleOptions options_;
  accounts::AddressLimiter changes_;  // by the user's uuid
};

}  // namespace cruddur::api
