#include "accounts/built_in_token.h"

#include "accounts/built_in_user_pool.h"
#include "accounts/database_commands.h"
#include "accounts/sql.h"
#include "auth/jwt.h"
#include "base/random.h"
#include "base/timestamp.h"

namespace cruddur::accounts {

static_assert(kRetiredKeyLife >= kMaxTokenLife, "a key goes before what it signed");

base::Result<std::string> SignAccessToken(const BuiltInKeys& keys, const PoolUser& user,
                                          std::chrono::seconds expires_in, base::Micros now,
                                          std::string_view origin_jti) {
  if (expires_in <= std::chrono::seconds(0) || expires_in > kMaxTokenLife) {
    return base::Fail(base::ErrorCode::kInvalidArgument,
                      "a token's life must be from 1 second to 366 days");
  }
  const int64_t seconds = std::chrono::floor<std::chrono::seconds>(now).count();
  const auth::Claims claims{.issuer = std::string(kBuiltInIssuer),
                            .sub = user.sub,
                            .username = user.username,
                            .client_id = std::string(kBuiltInClientId),
                            .jti = base::NewUuid(),
                            .scope = "aws.cognito.signin.user.admin",
                            .origin_jti = std::string(origin_jti),
                            .exp = seconds + expires_in.count(),
                            .iat = seconds,
                            .auth_time = seconds};
  const auto signer = keys.signer();
  return auth::SignJwt(claims, signer.key, signer.kid);
}

base::Result<std::string> MintToken(const DatabaseOptions& options, const std::string& keys_folder,
                                    std::string_view handle, std::chrono::seconds expires_in,
                                    const base::Clock& clock) {
  const DatabaseOptions patient = ForCommands(options);
  const auto start = std::chrono::steady_clock::now();
  TRY_ASSIGN(const auto connection, OpenConnection(patient, start + patient.connect_time));
  connection->SetDeadline(start + patient.call_time);
  const base::Micros now = clock.Now();
  TRY_ASSIGN(const PoolUser user, EnsurePoolUser(*connection, handle, now));
  TRY_ASSIGN(const auto keys, BuiltInKeys::Open(keys_folder, clock));
  const std::string session = base::NewUuid();
  TRY_ASSIGN(std::string token, SignAccessToken(*keys, user, expires_in, now, session));
  // A sign-in like others, so that it can be ended like others.
  const std::string end = base::FormatTimestamp(now + expires_in);
  TRY(connection->Run(sql::kPoolSessionInsert,
                      {session, user.sub, kBuiltInClientId, base::FormatTimestamp(now), end, end}));
  return token;
}

}  // namespace cruddur::accounts
