#include "accounts/pool_sessions.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "accounts/built_in_token.h"
#include "accounts/built_in_user_pool.h"
#include "accounts/pool_refresh_token.h"
#include "accounts/sql.h"
#include "auth/jwt.h"
#include "base/random.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

struct Session {
  std::string id, sub;
  int64_t generation = 0;  // of the refresh token that is good now
  base::Micros signed_in_at{}, rotated_at{}, expires_at{};
  bool revoked = false;
};

base::Result<std::optional<Session>> FindSession(Connection& connection, std::string_view id) {
  TRY_ASSIGN(const Rows rows, connection.Run(sql::kPoolSession, {id}));
  if (rows.empty()) return std::nullopt;
  int64_t generation = 0;
  const std::string number = rows.Text(0, 1);
  std::from_chars(number.data(), number.data() + number.size(), generation);
  TRY_ASSIGN(const auto signed_in_at, base::ParseTimestamp(rows.Text(0, 2)));
  TRY_ASSIGN(const auto rotated_at, base::ParseTimestamp(rows.Text(0, 3)));
  TRY_ASSIGN(const auto expires_at, base::ParseTimestamp(rows.Text(0, 5)));
  return Session{.id = std::string(id),
                 .sub = rows.Text(0, 0),
                 .generation = generation,
                 .signed_in_at = signed_in_at,
                 .rotated_at = rotated_at,
                 .expires_at = expires_at,
                 .revoked = rows.Cell(0, 4).has_value()};
}

// When the last access token of a sign-in that ended then expires. `tokens_until`: the row's.
base::Micros LastTokenExpires(base::Micros ended_at, const std::string& tokens_until) {
  const auto longer = base::ParseTimestamp(tokens_until);
  return std::max(ended_at + kDefaultTokenLife, longer.value_or(base::Micros()));
}

base::Status End(const PoolContext& context, Connection& connection, std::string_view id) {
  const base::Micros now = context.clock.Now();
  TRY(connection.Run(sql::kPoolSessionRevoke, {id, base::FormatTimestamp(now)}));
  context.revocations.Revoke(id, LastTokenExpires(now, ""));
  return {};
}

// What is the same in both tokens of an answer.
struct Issue {
  const PoolContext& context;
  const PoolUser& user;
  std::string_view session;
  std::string event_id;
  int64_t signed_in_at, now;
};

base::Result<std::string> AccessToken(const Issue& issue) {
  const auth::Claims claims{.issuer = std::string(kBuiltInIssuer),
                            .sub = issue.user.sub,
                            .username = issue.user.username,
                            .client_id = std::string(kBuiltInClientId),
                            .jti = base::NewUuid(),
                            .scope = "aws.cognito.signin.user.admin",
                            .origin_jti = std::string(issue.session),
                            .event_id = issue.event_id,
                            .exp = issue.now + kDefaultTokenLife.count(),
                            .iat = issue.now,
                            .auth_time = issue.signed_in_at};
  const auto signer = issue.context.access_keys.signer();
  return auth::SignJwt(claims, signer.key, signer.kid);
}

base::Result<std::string> IdToken(const Issue& issue) {
  std::string payload;
  json::Writer writer(payload);
  const PoolUser& user = issue.user;
  writer.BeginObject().Key("sub").String(user.sub);
  writer.Key("email_verified").Bool(user.email_verified);
  writer.Key("iss").String(kBuiltInIssuer);
  writer.Key("cognito:username").String(user.username);
  if (!user.preferred_username.empty()) {
    writer.Key("preferred_username").String(user.preferred_username);
  }
  writer.Key("origin_jti").String(issue.session);
  writer.Key("aud").String(kBuiltInClientId);
  writer.Key("event_id").String(issue.event_id);
  writer.Key("token_use").String("id");
  writer.Key("auth_time").Int(issue.signed_in_at);
  if (!user.name.empty()) writer.Key("name").String(user.name);
  writer.Key("exp").Int(issue.now + kDefaultTokenLife.count());
  writer.Key("iat").Int(issue.now);
  writer.Key("jti").String(base::NewUuid());
  writer.Key("email").String(user.email).EndObject();
  const auto signer = issue.context.id_keys.signer();
  return auth::SignJwtPayload(payload, signer.key, signer.kid);
}

PoolAnswer Issued(const PoolContext& context, const PoolUser& user, std::string_view session,
                  base::Micros signed_in_at, std::string_view refresh_token) {
  using std::chrono::seconds;
  const Issue issue{.context = context,
                    .user = user,
                    .session = session,
                    .event_id = base::NewUuid(),
                    .signed_in_at = std::chrono::floor<seconds>(signed_in_at).count(),
                    .now = std::chrono::floor<seconds>(context.clock.Now()).count()};
  TRY_ASSIGN(const std::string access_token, AccessToken(issue));
  TRY_ASSIGN(const std::string id_token, IdToken(issue));
  std::string body;
  json::Writer writer(body);
  writer.BeginObject().Key("ChallengeParameters").BeginObject().EndObject();
  writer.Key("AuthenticationResult").BeginObject();
  writer.Key("AccessToken").String(access_token);
  writer.Key("ExpiresIn").Int(kDefaultTokenLife.count());
  writer.Key("TokenType").String("Bearer");
  if (!refresh_token.empty()) writer.Key("RefreshToken").String(refresh_token);
  writer.Key("IdToken").String(id_token).EndObject().EndObject();
  return body;
}

}  // namespace

PoolAnswer StartSession(const PoolContext& context, Connection& connection,
                        const PoolAccount& account) {
  const base::Micros now = context.clock.Now();
  TRY(connection.Run(sql::kPoolSessionsDeleteExpired, {base::FormatTimestamp(now)}));
  const std::string id = base::NewUuid();
  TRY(connection.Run(sql::kPoolSessionInsert,
                     {id, account.user.sub, kBuiltInClientId, base::FormatTimestamp(now),
                      base::FormatTimestamp(now + kRefreshTokenLife), std::nullopt}));
  // Whoever sets a password writes it and then ends the sign-ins that there are. So either that
  // sees this one, or this sees the new password.
  TRY_ASSIGN(const auto current, FindAccountBySub(connection, account.user.sub));
  if (!current || current->password.hash != account.password.hash) {
    TRY(End(context, connection, id));
    return WrongPassword();
  }
  return Issued(context, account.user, id, now,
                SignRefreshToken(context.secret, {.session = id, .generation = 0}));
}

PoolAnswer RefreshSession(const PoolContext& context, Connection& connection,
                          std::string_view refresh_token, Rotation rotation) {
  const auto token = ReadRefreshToken(context.secret, refresh_token);
  if (!token) return NotAuthorized("Invalid Refresh Token");
  TRY_ASSIGN(const auto session, FindSession(connection, token->session));
  const base::Micros now = context.clock.Now();
  // A sign-in that has expired is deleted at some time.
  if (!session || session->expires_at <= now) return NotAuthorized("Refresh Token has expired");
  if (session->revoked) return NotAuthorized("Refresh Token has been revoked");
  // A generation that is yet to come: the database is an old copy.
  if (token->generation > session->generation) return NotAuthorized("Invalid Refresh Token");
  const bool current = token->generation == session->generation;
  const bool late = !current && now > session->rotated_at + kRotationGrace;
  if (late || token->generation + 1 < session->generation) {
    TRY(End(context, connection, session->id));
    if (rotation == Rotation::kKeep) return NotAuthorized("Refresh Token has been revoked");
    return RefusePool("RefreshTokenReuseException", "Refresh Token has been reused");
  }

  TRY_ASSIGN(const auto account, FindAccountBySub(connection, session->sub));
  if (!account || !account->user.enabled) return NotAuthorized("User is disabled.");
  std::string next;
  if (rotation == Rotation::kRotate) {
    next = SignRefreshToken(context.secret,
                            {.session = session->id, .generation = token->generation + 1});
    if (current) {
      // No row changes if another request with the same token was faster: `next` is the same.
      TRY(connection.Run(sql::kPoolSessionRotate, {session->id, std::to_string(token->generation),
                                                   base::FormatTimestamp(now)}));
    }
  }
  return Issued(context, account->user, session->id, session->signed_in_at, next);
}

PoolStatus EndSession(const PoolContext& context, Connection& connection,
                      std::string_view refresh_token) {
  const auto token = ReadRefreshToken(context.secret, refresh_token);
  if (token) TRY(End(context, connection, token->session));
  return {};
}

base::Status EndSessionsOf(const PoolContext& context, Connection& connection,
                           std::string_view sub) {
  const base::Micros now = context.clock.Now();
  TRY_ASSIGN(const Rows ended,
             connection.Run(sql::kPoolSessionsRevoke, {sub, base::FormatTimestamp(now)}));
  for (size_t row = 0; row < ended.size(); ++row) {
    context.revocations.Revoke(ended.Text(row, 0), LastTokenExpires(now, ended.Text(row, 1)));
  }
  return {};
}

base::Status ReadRevocations(Connection& connection, base::Micros since, base::Micros now,
                             Revocations& revocations) {
  TRY_ASSIGN(const Rows ended,
             connection.Run(sql::kPoolSessionsRevoked,
                            {base::FormatTimestamp(since), base::FormatTimestamp(now)}));
  for (size_t row = 0; row < ended.size(); ++row) {
    TRY_ASSIGN(const auto ended_at, base::ParseTimestamp(ended.Text(row, 1)));
    revocations.Revoke(ended.Text(row, 0), LastTokenExpires(ended_at, ended.Text(row, 2)));
  }
  return {};
}

}  // namespace cruddur::accounts
