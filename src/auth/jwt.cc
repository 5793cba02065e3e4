#include "auth/jwt.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "auth/encoding.h"
#include "json/reader.h"
#include "json/writer.h"

namespace cruddur::auth {
namespace {

using Fault = std::unexpected<JwtFault>;

struct Parts {
  std::string_view header, payload, signature;
  std::string_view signed_text;  // header "." payload, as they stand in the token
};

std::expected<Parts, JwtFault> Split(std::string_view token) {
  if (token.size() > kMaxTokenBytes) return Fault(JwtFault::kTooLarge);
  const size_t first = token.find('.');
  if (first == token.npos) return Fault(JwtFault::kNotThreeParts);
  const size_t second = token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) {
    return Fault(JwtFault::kNotThreeParts);
  }
  const Parts parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
                    token.substr(second + 1), token.substr(0, second)};
  if (parts.header.empty() || parts.payload.empty() || parts.signature.empty()) {
    return Fault(JwtFault::kNotThreeParts);
  }
  return parts;
}

// The object in `part`, decoded into `bytes`; `not_json` if there is none.
std::expected<json::Object, JwtFault> ReadObject(std::string_view part, JwtFault not_json,
                                                 json::Document& document) {
  const auto bytes = Base64UrlDecode(part);
  if (!bytes) return Fault(JwtFault::kNotBase64Url);
  const auto root = document.Parse(*bytes);
  json::Object object;
  if (!root || root->get(object)) return Fault(not_json);

  std::vector<std::string_view> names;
  for (const auto field : object) names.push_back(field.key);
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) != names.end()) return Fault(JwtFault::kDuplicateMember);
  return object;
}

bool Has(json::Object object, std::string_view name) { return !object[name].error(); }

// The kid of an acceptable header (a view into the document).
std::expected<std::string_view, JwtFault> ReadHeader(std::string_view part,
                                                     json::Document& document) {
  const auto header = ReadObject(part, JwtFault::kHeaderNotJson, document);
  if (!header) return Fault(header.error());
  std::string_view alg, kid;
  if ((*header)["alg"].get(alg) || alg != "RS256") return Fault(JwtFault::kAlgorithm);
  // RFC 7515 section 4.1.11: an extension that one doesn't know is refused, and we know none.
  if (Has(*header, "crit")) return Fault(JwtFault::kCriticalExtension);
  // Keys that the token brings along prove nothing about who issued it.
  for (const auto name : {"jwk", "jku", "x5u", "x5c"}) {
    if (Has(*header, name)) return Fault(JwtFault::kKeyInHeader);
  }
  if ((*header)["kid"].get(kid) || kid.empty()) return Fault(JwtFault::kNoKid);
  return kid;
}

// Whether `name` has to be there.
enum class Need { kRequired, kOptional };

class ClaimReader {
 public:
  explicit ClaimReader(json::Object object) : object_(object) {}

  void Text(std::string_view name, Need need, std::string& out) {
    std::string_view text;
    if (Read(name, need, text)) out = text;
  }
  // A whole number of seconds: issuers write no others, and a fraction or an exponent would be read
  // differently by different programs.
  void Seconds(std::string_view name, Need need, int64_t& out) { Read(name, need, out); }

  std::optional<JwtFault> fault() const { return fault_; }

 private:
  template <class T>
  bool Read(std::string_view name, Need need, T& out) {
    const auto member = object_[name];
    if (member.error()) {
      if (need == Need::kRequired && !fault_) fault_ = JwtFault::kClaimMissing;
      return false;
    }
    if (member.get(out)) {
      if (!fault_) fault_ = JwtFault::kClaimType;
      return false;
    }
    return true;
  }

  json::Object object_;
  std::optional<JwtFault> fault_;
};

std::expected<Claims, JwtFault> ReadClaims(std::string_view part, json::Document& document) {
  const auto payload = ReadObject(part, JwtFault::kPayloadNotJson, document);
  if (!payload) return Fault(payload.error());
  Claims claims;
  ClaimReader reader(*payload);
  reader.Text("iss", Need::kRequired, claims.issuer);
  reader.Text("token_use", Need::kRequired, claims.token_use);
  // An ID token has `aud` in its place: that it is no access token says more to the log.
  reader.Text("client_id", claims.token_use == "access" ? Need::kRequired : Need::kOptional,
              claims.client_id);
  reader.Text("sub", Need::kRequired, claims.sub);
  reader.Text("username", Need::kOptional, claims.username);
  reader.Text("jti", Need::kOptional, claims.jti);
  reader.Text("scope", Need::kOptional, claims.scope);
  reader.Text("origin_jti", Need::kOptional, claims.origin_jti);
  reader.Seconds("exp", Need::kRequired, claims.exp);
  reader.Seconds("iat", Need::kOptional, claims.iat);
  reader.Seconds("nbf", Need::kOptional, claims.nbf);
  reader.Seconds("auth_time", Need::kOptional, claims.auth_time);
  if (reader.fault()) return Fault(*reader.fault());
  if (claims.sub.empty()) return Fault(JwtFault::kClaimMissing);
  return claims;
}

std::optional<JwtFault> CheckClaims(const Claims& claims, const JwtExpectation& expected,
                                    base::Micros now) {
  if (claims.issuer != expected.issuer) return JwtFault::kIssuer;
  if (claims.token_use != "access") return JwtFault::kTokenUse;
  if (claims.client_id != expected.client_id) return JwtFault::kClientId;
  const int64_t seconds = std::chrono::floor<std::chrono::seconds>(now).count();
  // The leeway is on our side of the comparisons, so that no claim makes them overflow.
  if (seconds - kClockLeeway.count() >= claims.exp) return JwtFault::kExpired;
  if (seconds + kClockLeeway.count() < claims.nbf) return JwtFault::kNotYetValid;
  return std::nullopt;
}

}  // namespace

base::Result<std::string> SignJwtPayload(std::string_view payload, const PrivateKey& key,
                                         std::string_view kid) {
  std::string header;
  json::Writer(header)
      .BeginObject()
      .Key("alg")
      .String("RS256")
      .Key("kid")
      .String(kid)
      .Key("typ")
      .String("JWT")
      .EndObject();
  std::string token = Base64UrlEncode(header) + '.' + Base64UrlEncode(payload);
  TRY_ASSIGN(const std::string signature, key.SignRs256(token));
  return token + '.' + Base64UrlEncode(signature);
}

base::Result<std::string> SignJwt(const Claims& claims, const PrivateKey& key,
                                  std::string_view kid) {
  std::string payload;
  json::Writer writer(payload);
  writer.BeginObject();
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) writer.Key(name).String(value);
  };
  const auto seconds = [&](std::string_view name, int64_t value) {
    if (value != 0) writer.Key(name).Int(value);
  };
  text("iss", claims.issuer);
  text("sub", claims.sub);
  text("username", claims.username);
  text("client_id", claims.client_id);
  text("token_use", claims.token_use);
  text("origin_jti", claims.origin_jti);
  text("event_id", claims.event_id);
  text("jti", claims.jti);
  text("scope", claims.scope);
  seconds("auth_time", claims.auth_time);
  seconds("iat", claims.iat);
  seconds("nbf", claims.nbf);
  seconds("exp", claims.exp);
  writer.EndObject();
  return SignJwtPayload(payload, key, kid);
}

std::string_view Describe(JwtFault fault) {
  static constexpr std::array<std::string_view, 19> kTexts = {
      "larger than 8 KiB",
      "not three parts",
      "not base64url",
      "header is not a JSON object",
      "duplicate member",
      "algorithm is not RS256",
      "critical extension",
      "key in the header",
      "no kid",
      "unknown kid",
      "wrong signature",
      "payload is not a JSON object",
      "claim missing",
      "claim of the wrong type",
      "another issuer",
      "expired",
      "not yet valid",
      "not an access token",
      "another client",
  };
  return kTexts[std::to_underlying(fault)];
}

std::expected<Claims, JwtFault> VerifyJwt(std::string_view token, const Jwks& keys,
                                          const JwtExpectation& expected, base::Micros now) {
  const auto parts = Split(token);
  if (!parts) return Fault(parts.error());

  thread_local json::Document document;
  const auto kid = ReadHeader(parts->header, document);
  if (!kid) return Fault(kid.error());
  const PublicKey* key = keys.Find(*kid);
  if (key == nullptr) return Fault(JwtFault::kUnknownKid);
  const auto signature = Base64UrlDecode(parts->signature);
  if (!signature) return Fault(JwtFault::kNotBase64Url);
  if (!key->VerifyRs256(parts->signed_text, *signature)) return Fault(JwtFault::kSignature);

  // Only what the issuer wrote is read any further.
  auto claims = ReadClaims(parts->payload, document);
  if (!claims) return claims;
  if (const auto fault = CheckClaims(*claims, expected, now)) return Fault(*fault);
  return claims;
}

}  // namespace cruddur::auth
