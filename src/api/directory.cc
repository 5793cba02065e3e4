#include "api/directory.h"

#include "base/log.h"

namespace cruddur::api {
namespace {

using base::ErrorCode;
using base::Fail;

std::unexpected<base::Error> Unauthenticated(std::string_view reason) {
  base::Log(base::LogLevel::kDebug, "caller not identified", {{"reason", reason}});
  return Fail(ErrorCode::kUnauthenticated, "a valid access token is needed");
}

}  // namespace

messaging::Person PersonOf(const accounts::User& user) {
  return {.uuid = user.uuid, .handle = user.handle, .display_name = user.display_name};
}

base::Task<base::Result<Caller>> Directory::Identify(const net::Request& request) {
  if (request.HasDuplicate("authorization")) {
    co_return Unauthenticated("two Authorization headers");
  }
  const std::string_view authorization =
      request.Header("authorization").value_or(std::string_view());
  auto identity = verifier_.Verify(authorization);
  if (!identity && accounts::TokenVerifier::IsForWantOfKeys(identity.error())) {
    identity = co_await verifier_.FetchAndVerify(authorization);
  }
  if (!identity && identity.error().code == ErrorCode::kUnavailable) {
    co_return std::unexpected(std::move(identity).error());
  }
  if (!identity) co_return Unauthenticated(identity.error().message);
  Caller caller{.cognito_user_id = std::move(identity->cognito_user_id)};
  if (caller.cognito_user_id.empty()) co_return caller;
  CO_TRY_ASSIGN(caller.user, co_await users_.ByCognitoUserId(caller.cognito_user_id));
  if (!caller.user && first_sign_in_) {
    const std::string_view token = authorization.substr(authorization.find(' ') + 1);
    CO_TRY_ASSIGN(caller.user,
                  co_await first_sign_in_->Enroll(caller.cognito_user_id, std::string(token)));
  }
  if (!caller.user) co_return Unauthenticated("the token's subject is no user of ours");
  co_return caller;
}

base::Task<base::Result<accounts::UserPtr>> Directory::IdentifyUser(const net::Request& request) {
  CO_TRY_ASSIGN(Caller caller, co_await Identify(request));
  if (caller.user) co_return std::move(caller.user);
  co_return Fail(ErrorCode::kUnauthenticated, "the token has no subject");
}

base::Task<base::Result<std::optional<messaging::Person>>> Directory::FindByHandle(
    std::string_view handle) {
  CO_TRY_ASSIGN(const auto user, co_await users_.ByHandle(handle));
  if (!user) co_return std::nullopt;
  co_return PersonOf(*user);
}

base::Task<base::Result<std::vector<messaging::Person>>> Directory::Search(std::string beginning) {
  CO_TRY_ASSIGN(const auto users, co_await users_.Search(std::move(beginning)));
  std::vector<messaging::Person> people;
  for (const accounts::User& user : users) people.push_back(PersonOf(user));
  co_return people;
}

void Directory::Forget(const accounts::ChangedProfile& changed) {
  users_.Forget(changed.before);
  users_.Forget(changed.after);
}

base::Task<std::vector<messaging::Person>> Directory::Find(std::vector<std::string> user_uuids) {
  std::vector<messaging::Person> people;
  const auto users = co_await users_.ByUuids(std::move(user_uuids));
  if (!users) co_return people;
  for (const accounts::UserPtr& user : *users) people.push_back(PersonOf(*user));
  co_return people;
}

}  // namespace cruddur::api
