// Who calls, and who is called: what the routes ask of sign-in and of the users database.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/token_verifier.h"
#include "accounts/user_directory.h"
#include "base/result.h"
#include "base/task.h"
#include "messaging/people.h"
#include "net/http.h"

namespace cruddur::api {

struct Caller {
  std::string cognito_user_id;  // the token's subject
  accounts::UserPtr user;       // null only where the subject is blank
};

messaging::Person PersonOf(const accounts::User& user);

// Thread-safe. Answers from memory nearly always.
class Directory : public messaging::People {
 public:
  // Both must outlive the directory.
  Directory(accounts::TokenVerifier& verifier, accounts::UserDirectory& users)
      : verifier_(verifier), users_(users) {}

  // By the Authorization header. kUnauthenticated: none or two of them, a token that doesn't hold,
  // or one of nobody who is in the users database; kUnavailable: can't be told now.
  base::Task<base::Result<Caller>> Identify(const net::Request& request);

  // In any case; nullopt: nobody has this handle.
  base::Task<base::Result<std::optional<messaging::Person>>> FindByHandle(std::string_view handle);

  base::Task<std::vector<messaging::Person>> Find(std::vector<std::string> user_uuids) override;

 private:
  accounts::TokenVerifier& verifier_;
  accounts::UserDirectory& users_;
};

}  // namespace cruddur::api
