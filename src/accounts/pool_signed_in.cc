// GetUser, ChangePassword, GetTokensFromRefreshToken, GlobalSignOut, RevokeToken.
#include <algorithm>

#include "accounts/pool_attempts.h"
#include "accounts/pool_operations.h"
#include "accounts/pool_sessions.h"
#include "auth/password_hash.h"

namespace cruddur::accounts {
namespace {

// Whose access token it is.
PoolResult<PoolAccount> Owner(const PoolContext& context, Connection& connection,
                              std::string_view token) {
  const auto identity = context.verifier.VerifyToken(token);
  if (!identity) {
    const std::string& reason = identity.error().message;
    if (reason == kRevoked) return NotAuthorized("Access Token has been revoked");
    if (reason == Describe(auth::JwtFault::kExpired)) {
      return NotAuthorized("Access Token has expired");
    }
    return NotAuthorized("Invalid Access Token");
  }
  TRY_ASSIGN(auto account, FindAccountBySub(connection, identity->cognito_user_id));
  if (!account) return RefusePool("UserNotFoundException", "User does not exist.");
  if (!account->user.enabled) return NotAuthorized("User is disabled.");
  return *std::move(account);
}

}  // namespace

PoolAnswer GetUser(const PoolContext& context, Connection& connection, PoolRequest& request) {
  const std::string token = request.Token("AccessToken");
  TRY(request.Checked());
  TRY_ASSIGN(const PoolAccount account, Owner(context, connection, token));
  std::string body;
  json::Writer writer(body);
  writer.BeginObject().Key("UserAttributes");
  WriteAttributes(writer, account.user);
  writer.Key("Username").String(account.user.username).EndObject();
  return body;
}

PoolAnswer ChangePassword(const PoolContext& context, Connection& connection,
                          PoolRequest& request) {
  const std::string token = request.Token("AccessToken");
  const std::string previous = request.Password("PreviousPassword");
  const std::string proposed = request.Password("ProposedPassword");
  TRY(request.Checked());
  TRY_ASSIGN(const PoolAccount account, Owner(context, connection, token));
  TRY(CheckPassword(proposed));
  const base::Micros now = context.clock.Now();
  const std::string& sub = account.user.sub;
  const Attempt attempt{sub, request.client()};
  TRY_ASSIGN(const int wait, CountAttempt(connection, kChangePasswordLimit, attempt, now));
  if (wait > 0) {
    return RefusePool("LimitExceededException",
                      "Attempt limit exceeded, please try after some time.", wait);
  }
  if (!auth::VerifyPassword(account.password.hash, previous)) return WrongPassword();
  TRY_ASSIGN(const bool changed, SetPassword(connection, sub, StorePassword(sub, proposed),
                                             "CONFIRMED", now, account.password.hash));
  if (!changed) return WrongPassword();  // somebody else was faster
  TRY(ForgetAttempts(connection, kChangePasswordLimit, attempt));
  return "{}";
}

PoolAnswer GetTokensFromRefreshToken(const PoolContext& context, Connection& connection,
                                     PoolRequest& request) {
  const std::string token = request.Token("RefreshToken");
  request.ClientId();
  TRY(request.Checked());
  return RefreshSession(context, connection, token, Rotation::kRotate);
}

PoolAnswer GlobalSignOut(const PoolContext& context, Connection& connection, PoolRequest& request) {
  const std::string token = request.Token("AccessToken");
  TRY(request.Checked());
  TRY_ASSIGN(const PoolAccount account, Owner(context, connection, token));
  TRY(EndSessionsOf(context, connection, account.user.sub));
  context.verifier.Forget(token);
  return "{}";
}

PoolAnswer RevokeToken(const PoolContext& context, Connection& connection, PoolRequest& request) {
  const std::string token = request.Token("Token");
  request.ClientId();
  TRY(request.Checked());
  // As RFC 7009 wants it, a token that is nobody's is no error; one of another kind is.
  if (std::ranges::count(token, '.') == 2) {
    return RefusePool("UnsupportedTokenTypeException", "Only refresh tokens can be revoked");
  }
  TRY(EndSession(context, connection, token));
  return "{}";
}

}  // namespace cruddur::accounts
