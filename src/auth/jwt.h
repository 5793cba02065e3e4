// JSON Web Tokens (RFC 7519) as Amazon Cognito issues them: compact JWS (RFC 7515), RS256 only,
// access tokens only. Pure functions: the time and the keys are passed in.
//
// Everything about a token is refused that its issuer had no reason to write. In particular the
// algorithm comes from us and not from the token (RFC 8725 section 3.1), the key from the JWKS and
// never from the token's header, and two members of one name mean no token.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "auth/jwks.h"
#include "auth/rsa_key.h"
#include "base/clock.h"
#include "base/result.h"

namespace cruddur::auth {

inline constexpr size_t kMaxTokenBytes = 8 * 1024;

// How far our clock and the issuer's may be apart before `exp` and `nbf` are taken at their word.
inline constexpr std::chrono::seconds kClockLeeway{1};

// Times in seconds since 1970.
struct Claims {
  std::string issuer;     // iss
  std::string sub;        // the user's id in the pool
  std::string username;   // may be empty
  std::string client_id;  // of the app that signed the user in
  std::string token_use = "access";
  std::string jti;         // the token's own id; may be empty
  std::string scope;       // may be empty
  std::string origin_jti;  // of the sign-in that the token goes back to; may be empty
  std::string event_id;    // written, not read
  int64_t exp = 0;
  int64_t iat = 0;  // 0: not said
  int64_t nbf = 0;  // 0: not said
  int64_t auth_time = 0;
};

// Writes the claims that aren't empty or 0, in a header of alg, kid and typ.
base::Result<std::string> SignJwt(const Claims& claims, const PrivateKey& key,
                                  std::string_view kid);

// The same with a payload of the caller's: a JSON object. For tokens that aren't ours to verify.
base::Result<std::string> SignJwtPayload(std::string_view payload, const PrivateKey& key,
                                         std::string_view kid);

// What a token must say to be ours.
struct JwtExpectation {
  std::string issuer;
  std::string client_id;
};

enum class JwtFault {
  kTooLarge,
  kNotThreeParts,
  kNotBase64Url,
  kHeaderNotJson,
  kDuplicateMember,
  kAlgorithm,
  kCriticalExtension,
  kKeyInHeader,
  kNoKid,
  kUnknownKid,  // the only one that a fresh JWKS might mend
  kSignature,
  kPayloadNotJson,
  kClaimMissing,
  kClaimType,
  kIssuer,
  kExpired,
  kNotYetValid,
  kTokenUse,
  kClientId,
};

// One phrase for the log, without anything from the token: "expired".
std::string_view Describe(JwtFault fault);

std::expected<Claims, JwtFault> VerifyJwt(std::string_view token, const Jwks& keys,
                                          const JwtExpectation& expected, base::Micros now);

}  // namespace cruddur::auth
