// Who calls, and who is called: what the routes ask of sign-in and of the users database.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/first_sign_in.h"
#include "accounts/profile_change.h"
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
  // `first_sign_in` null: who isn't in the users database stays unknown. All must outlive the
  // directory.
  Directory(accounts::TokenVerifier& verifier, accounts::UserDirectory& users,
            accounts::FirstSignIn* first_sign_in = nullptr)
      : verifier_(verifier), users_(users), first_sign_in_(first_sign_in) {}

  // By the Authorization header. kUnauthenticated: none or two of them, a token that doesn't hold,
  // or one of nobody who is in the users database or could get a row there; kPermissionDenied: a
  // newcomer who can't get a row, with the reason (FirstSignIn); kUnavailable: can't be told now.
  base::Task<base::Result<Caller>> Identify(const net::Request& request);

  // The same for the routes that can't do without a user.
  base::Task<base::Result<accounts::UserPtr>> IdentifyUser(const net::Request& request);

  // In any case; nullopt: nobody has this handle.
  base::Task<base::Result<std::optional<messaging::Person>>> FindByHandle(std::string_view handle);

  // As accounts::Users::Search.
  base::Task<base::Result<std::vector<messaging::Person>>> Search(std::string beginning);

  // The user is remembered under neither the old names nor the new ones.
  void Forget(const accounts::ChangedProfile& changed);

  base::Task<std::vector<messaging::Person>> Find(std::vector<std::string> user_uuids) override;

 private:
  accounts::TokenVerifier& verifier_;
  accounts::UserDirectory& users_;
  accounts::FirstSignIn* const first_sign_in_;
};

}  // namespace cruddur::api
