#include "accounts/pool_sessions.h"

#include <optional>

#include "accounts/built_in_token.h"
#include "accounts/built_in_user_pool.h"
#include "accounts/sql.h"
#include "auth/digest.h"
#include "auth/encoding.h"
#include "base/random.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

constexpr size_t kIdBytes = 36;

struct Session {
  std::string id, sub, client_id, token_hash, previous_hash;
  base::Micros signed_in_at{}, rotated_at{}, expires_at{};
  bool revoked = false;
};

base::Result<std::optional<Session>> FindSession(Connection& connection, std::string_view id) {
  TRY_ASSIGN(const Rows rows, connection.Run(sql::kPoolSession, {id}));
  if (rows.empty()) return std::nullopt;
  TRY_ASSIGN(const auto signed_in_at, base::ParseTimestamp(rows.Text(0, 4)));
  TRY_ASSIGN(const auto rotated_at, base::ParseTimestamp(rows.Text(0, 5)));
  TRY_ASSIGN(const auto expires_at, base::ParseTimestamp(rows.Text(0, 7)));
  return Session{.id = std::string(id),
                 .sub = rows.Text(0, 0),
                 .client_id = rows.Text(0, 1),
                 .token_hash = rows.Text(0, 2),
                 .previous_hash = rows.Text(0, 3),
                 .signed_in_at = signed_in_at,
                 .rotated_at = rotated_at,
                 .expires_at = expires_at,
                 .revoked = rows.Cell(0, 6).has_value()};
}

// The id in a refresh token; empty for what has another form.
std::string_view IdOf(std::string_view token) {
  if (token.size() <= kIdBytes + 1 || token[kIdBytes] != '.') return {};
  const std::string_view id = token.substr(0, kIdBytes);
  return base::IsUuid(id) ? id : std::string_view();
}

std::string NextToken(const PoolContext& context, std::string_view id, std::string_view before) {
  const auto secret = auth::HmacSha256(context.secret, "refresh\n" + std::string(before));
  return std::string(id) + "." + auth::Base64UrlEncode(auth::AsBytes(secret));
}

base::Status EndSession(const PoolContext& context, Connection& connection,
                        const Session& session) {
  TRY(connection.Run(sql::kPoolSessionRevoke,
                     {session.id, base::FormatTimestamp(context.clock.Now())}));
  context.revocations.Revoke(session.id);
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
  writer.Key("RefreshToken").String(refresh_token);
  writer.Key("IdToken").String(id_token).EndObject().EndObject();
  return body;
}

}  // namespace

PoolAnswer StartSession(const PoolContext& context, Connection& connection,
                        const PoolAccount& account) {
  const base::Micros now = context.clock.Now();
  TRY(connection.Run(sql::kPoolSessionsDeleteExpired, {base::FormatTimestamp(now)}));
  const std::string id = base::NewUuid();
  // The first token follows from a random one that nobody gets.
  const std::string token = NextToken(context, id, base::NewUuid() + base::NewUuid());
  TRY(connection.Run(sql::kPoolSessionInsert,
                     {id, account.user.sub, kBuiltInClientId, auth::HexSha256(token),
                      base::FormatTimestamp(now), base::FormatTimestamp(now + kRefreshTokenLife)}));
  return Issued(context, account.user, id, now, token);
}

PoolAnswer RefreshSession(const PoolContext& context, Connection& connection,
                          std::string_view refresh_token) {
  const std::string_view id = IdOf(refresh_token);
  if (id.empty()) return NotAuthorized("Invalid Refresh Token");
  TRY_ASSIGN(const auto session, FindSession(connection, id));
  const std::string hash = auth::HexSha256(refresh_token);
  if (!session) return NotAuthorized("Invalid Refresh Token");
  const bool current = auth::ConstantTimeEqual(hash, session->token_hash);
  const bool previous = auth::ConstantTimeEqual(hash, session->previous_hash);
  if (session->revoked) return NotAuthorized("Refresh Token has been revoked");
  const base::Micros now = context.clock.Now();
  if (session->expires_at <= now) return NotAuthorized("Refresh Token has expired");
  const bool late = previous && now > session->rotated_at + kRotationGrace;
  if (late) {
    TRY(EndSession(context, connection, *session));
    return NotAuthorized("Refresh Token has been revoked");
  }
  if (!current && !previous) return NotAuthorized("Invalid Refresh Token");

  TRY_ASSIGN(const auto account, FindAccountBySub(connection, session->sub));
  if (!account || !account->user.enabled) return NotAuthorized("User is disabled.");
  const std::string next = NextToken(context, id, refresh_token);
  if (current) {
    // Nothing comes back if another request with the same token was faster: `next` is the same.
    TRY(connection.Run(sql::kPoolSessionRotate,
                       {id, auth::HexSha256(next), base::FormatTimestamp(now), hash}));
  }
  return Issued(context, account->user, id, session->signed_in_at, next);
}

PoolStatus EndSession(const PoolContext& context, Connection& connection,
                      std::string_view refresh_token) {
  const std::string_view id = IdOf(refresh_token);
  if (id.empty()) return {};
  TRY_ASSIGN(const auto session, FindSession(connection, id));
  if (!session) return {};
  const std::string hash = auth::HexSha256(refresh_token);
  if (!auth::ConstantTimeEqual(hash, session->token_hash) &&
      !auth::ConstantTimeEqual(hash, session->previous_hash)) {
    return {};
  }
  TRY(EndSession(context, connection, *session));
  return {};
}

base::Status EndSessionsOf(const PoolContext& context, Connection& connection,
                           std::string_view sub) {
  TRY_ASSIGN(const Rows ended, connection.Run(sql::kPoolSessionsRevoke,
                                              {sub, base::FormatTimestamp(context.clock.Now())}));
  for (size_t row = 0; row < ended.size(); ++row) context.revocations.Revoke(ended.Text(row, 0));
  return {};
}

base::Status LoadRevocations(const DatabaseOptions& options, const base::Clock& clock,
                             Revocations& revocations) {
  const auto start = std::chrono::steady_clock::now();
  TRY_ASSIGN(const auto connection, OpenConnection(options, start + options.connect_time));
  connection->SetDeadline(start + options.connect_time + options.call_time);
  TRY_ASSIGN(const Rows ended,
             connection->Run(sql::kPoolSessionsRevoked,
                             {base::FormatTimestamp(clock.Now() - kDefaultTokenLife)}));
  for (size_t row = 0; row < ended.size(); ++row) revocations.Revoke(ended.Text(row, 0));
  return {};
}

}  // namespace cruddur::accounts
