#include "auth/jwt.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <functional>

#include "auth/digest.h"
#include "auth/encoding.h"

namespace cruddur::auth {
namespace {

constexpr int64_t kNow = 1'700'000'000;
const base::Micros kNowMicros{kNow * 1'000'000};
const JwtExpectation kExpected{"https://issuer.example/pool", "client1"};
constexpr char kHeader[] = R"({"alg":"RS256","kid":"one"})";

const PrivateKey& Key() {
  static const PrivateKey key = *PrivateKey::Generate();
  return key;
}
const PrivateKey& StrangersKey() {
  static const PrivateKey key = *PrivateKey::Generate();
  return key;
}

Jwks Keys() {
  Jwks keys;
  keys.Add("one", Key().public_key());
  return keys;
}

Claims GoodClaims() {
  return {.issuer = kExpected.issuer,
          .sub = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399",
          .username = "bayko",
          .client_id = kExpected.client_id,
          .jti = "t1",
          .exp = kNow + 3600,
          .iat = kNow,
          .auth_time = kNow};
}

// A payload that passes, with `change` put in the place of `what`.
std::string Payload(std::string_view what = "", std::string_view change = "") {
  std::string text =
      R"({"iss":"https://issuer.example/pool","sub":"s1","username":"bayko","client_id":"client1",)"
      R"("token_use":"access","iat":1700000000,"exp":1700003600})";
  if (const size_t at = text.find(what); !what.empty()) text.replace(at, what.size(), change);
  return text;
}

// Signs whatever the two parts say.
std::string Sign(std::string_view header, std::string_view payload, const PrivateKey& key = Key()) {
  const std::string text = Base64UrlEncode(header) + '.' + Base64UrlEncode(payload);
  return text + '.' + Base64UrlEncode(*key.SignRs256(text));
}

std::expected<Claims, JwtFault> Verify(std::string_view token, base::Micros now = kNowMicros) {
  return VerifyJwt(token, Keys(), kExpected, now);
}

TEST(Jwt, ComesBackFromSigningWithItsClaims) {
  const auto token = SignJwt(GoodClaims(), Key(), "one");
  ASSERT_TRUE(token);
  const auto claims = Verify(*token);
  ASSERT_TRUE(claims) << Describe(claims.error());
  EXPECT_EQ(claims->sub, GoodClaims().sub);
  EXPECT_EQ(claims->username, "bayko");
  EXPECT_EQ(claims->client_id, "client1");
  EXPECT_EQ(claims->token_use, "access");
  EXPECT_EQ(claims->jti, "t1");
  EXPECT_EQ(claims->exp, kNow + 3600);
  EXPECT_EQ(claims->iat, kNow);
  EXPECT_EQ(claims->auth_time, kNow);
  EXPECT_EQ(claims->scope, "");
}

TEST(Jwt, PassesWithoutTheClaimsThatAreOptional) {
  EXPECT_TRUE(Verify(Sign(kHeader, Payload())));
  EXPECT_TRUE(Verify(Sign(kHeader, Payload(R"("username":"bayko",)"))));
  EXPECT_TRUE(Verify(Sign(kHeader, Payload(R"("iat":1700000000,)"))));
  EXPECT_TRUE(Verify(Sign(kHeader, Payload("{", R"({"cognito:groups":["a","b"],"version":2,)"))));
  EXPECT_TRUE(Verify(Sign(R"({"kid":"one","typ":"at+jwt","alg":"RS256"})", Payload())));
}

// The signature as an attacker makes it who takes the public key for an HMAC secret.
std::string HmacWithPublicKey() {
  const std::string text =
      Base64UrlEncode(R"({"alg":"HS256","kid":"one"})") + '.' + Base64UrlEncode(Payload());
  return text + '.' + Base64UrlEncode(AsBytes(HmacSha256(Key().public_key().n(), text)));
}

std::string WithPart(std::string token, size_t part,
                     const std::function<void(std::string&)>& change) {
  std::string parts[3];
  size_t at = 0;
  for (const char c : token) c == '.' ? void(++at) : parts[at].push_back(c);
  change(parts[part]);
  return parts[0] + '.' + parts[1] + '.' + parts[2];
}

TEST(Jwt, RefusesHostileTokens) {
  const std::string good = Sign(kHeader, Payload());
  const auto cut = [&](size_t n) { return good.substr(0, good.size() - n); };
  const std::string deep =
      R"({"alg":"RS256","kid":"one","x":)" + std::string(2000, '[') + std::string(2000, ']') + "}";
  const struct {
    const char* what;
    std::string token;
    JwtFault fault;
  } cases[] = {
      {"nothing", "", JwtFault::kNotThreeParts},
      {"a word", "token", JwtFault::kNotThreeParts},
      {"dots", "..", JwtFault::kNotThreeParts},
      {"many dots", std::string(8000, '.'), JwtFault::kNotThreeParts},
      {"two parts", good.substr(0, good.rfind('.')), JwtFault::kNotThreeParts},
      {"an empty signature", good.substr(0, good.rfind('.') + 1), JwtFault::kNotThreeParts},
      {"four parts", good + ".x", JwtFault::kNotThreeParts},
      {"five parts, a JWE", "a.b.c.d.e", JwtFault::kNotThreeParts},
      {"a dot behind", good + ".", JwtFault::kNotThreeParts},
      {"9 KiB", Sign(kHeader, Payload("{", "{\"x\":\"" + std::string(6500, 'x') + "\",")),
       JwtFault::kTooLarge},
      {"padding", WithPart(good, 2, [](auto& s) { s += "=="; }), JwtFault::kNotBase64Url},
      {"a space in front", " " + good, JwtFault::kNotBase64Url},
      {"a line end behind", good + "\n", JwtFault::kNotBase64Url},
      {"a NUL behind", good + std::string(1, '\0'), JwtFault::kNotBase64Url},
      {"the plain base64 alphabet", WithPart(good, 2, [](auto& s) { s[0] = '+'; }),
       JwtFault::kNotBase64Url},
      {"a header of one letter", WithPart(good, 0, [](auto& s) { s = "e"; }),
       JwtFault::kNotBase64Url},
      {"a header that isn't JSON", Sign("alg=RS256", Payload()), JwtFault::kHeaderNotJson},
      {"a header that is an array", Sign("[]", Payload()), JwtFault::kHeaderNotJson},
      {"a header in UTF-16", Sign(std::string_view("{\0", 2), Payload()), JwtFault::kHeaderNotJson},
      {"a header with text behind", Sign(std::string(kHeader) + "x", Payload()),
       JwtFault::kHeaderNotJson},
      {"2000 brackets", Sign(deep, Payload()), JwtFault::kHeaderNotJson},
      {"no alg", Sign(R"({"kid":"one"})", Payload()), JwtFault::kAlgorithm},
      {"alg none", Sign(R"({"alg":"none","kid":"one"})", Payload()), JwtFault::kAlgorithm},
      {"alg NONE", Sign(R"({"alg":"NONE","kid":"one"})", Payload()), JwtFault::kAlgorithm},
      {"alg HS256 with the public key", HmacWithPublicKey(), JwtFault::kAlgorithm},
      {"alg PS256", Sign(R"({"alg":"PS256","kid":"one"})", Payload()), JwtFault::kAlgorithm},
      {"alg rs256", Sign(R"({"alg":"rs256","kid":"one"})", Payload()), JwtFault::kAlgorithm},
      {"alg a number", Sign(R"({"alg":256,"kid":"one"})", Payload()), JwtFault::kAlgorithm},
      {"alg an array", Sign(R"({"alg":["RS256"],"kid":"one"})", Payload()), JwtFault::kAlgorithm},
      {"alg twice", Sign(R"({"alg":"none","alg":"RS256","kid":"one"})", Payload()),
       JwtFault::kDuplicateMember},
      {"alg twice, once escaped",
       Sign(R"({"alg":"RS256","\u0061lg":"none","kid":"one"})", Payload()),
       JwtFault::kDuplicateMember},
      {"crit", Sign(R"({"alg":"RS256","kid":"one","crit":["b64"],"b64":false})", Payload()),
       JwtFault::kCriticalExtension},
      {"an empty crit", Sign(R"({"alg":"RS256","kid":"one","crit":[]})", Payload()),
       JwtFault::kCriticalExtension},
      {"an embedded key", Sign(R"({"alg":"RS256","kid":"one","jwk":{"kty":"RSA"}})", Payload()),
       JwtFault::kKeyInHeader},
      {"the address of a key set",
       Sign(R"({"alg":"RS256","kid":"one","jku":"https://x"})", Payload()), JwtFault::kKeyInHeader},
      {"no kid", Sign(R"({"alg":"RS256"})", Payload()), JwtFault::kNoKid},
      {"an empty kid", Sign(R"({"alg":"RS256","kid":""})", Payload()), JwtFault::kNoKid},
      {"kid null", Sign(R"({"alg":"RS256","kid":null})", Payload()), JwtFault::kNoKid},
      {"an unknown kid", Sign(R"({"alg":"RS256","kid":"two"})", Payload()), JwtFault::kUnknownKid},
      {"a kid that is a path", Sign(R"({"alg":"RS256","kid":"../../dev/null"})", Payload()),
       JwtFault::kUnknownKid},
      {"a kid with SQL", Sign(R"({"alg":"RS256","kid":"one' or 1=1 --"})", Payload()),
       JwtFault::kUnknownKid},
      {"a kid with a NUL", Sign("{\"alg\":\"RS256\",\"kid\":\"one\\u0000\"}", Payload()),
       JwtFault::kUnknownKid},
      {"a stranger's signature", Sign(kHeader, Payload(), StrangersKey()), JwtFault::kSignature},
      {"a cut signature", cut(2), JwtFault::kSignature},
      {"a signature of zeroes", WithPart(good, 2, [](auto& s) { s.assign(342, 'A'); }),
       JwtFault::kSignature},
      {"another payload under the signature",
       WithPart(good, 1, [](auto& s) { s = Base64UrlEncode(Payload("s1", "s2")); }),
       JwtFault::kSignature},
      {"another header over the signature",
       WithPart(good, 0, [](auto& s) { s = Base64UrlEncode(R"({"kid":"one","alg":"RS256"})"); }),
       JwtFault::kSignature},
      {"a payload that isn't JSON", Sign(kHeader, "sub=s1"), JwtFault::kPayloadNotJson},
      {"a payload that is a string", Sign(kHeader, "\"sub\""), JwtFault::kPayloadNotJson},
      {"a payload in bad UTF-8", Sign(kHeader, Payload("bayko", "\xff")),
       JwtFault::kPayloadNotJson},
      {"sub twice", Sign(kHeader, Payload("{", R"({"sub":"s2",)")), JwtFault::kDuplicateMember},
      {"no sub", Sign(kHeader, Payload(R"("sub":"s1",)")), JwtFault::kClaimMissing},
      {"an empty sub", Sign(kHeader, Payload("s1")), JwtFault::kClaimMissing},
      {"sub a number", Sign(kHeader, Payload(R"("s1")", "1")), JwtFault::kClaimType},
      {"no iss", Sign(kHeader, Payload(R"("iss":"https://issuer.example/pool",)")),
       JwtFault::kClaimMissing},
      {"another issuer", Sign(kHeader, Payload("issuer.example", "evil.example")),
       JwtFault::kIssuer},
      {"an issuer that begins as ours", Sign(kHeader, Payload("example/pool", "example/pool2")),
       JwtFault::kIssuer},
      {"no exp", Sign(kHeader, Payload(R"(,"exp":1700003600)")), JwtFault::kClaimMissing},
      {"exp in text", Sign(kHeader, Payload("1700003600", R"("1700003600")")),
       JwtFault::kClaimType},
      {"exp with an exponent", Sign(kHeader, Payload("1700003600", "1e300")), JwtFault::kClaimType},
      {"exp null", Sign(kHeader, Payload("1700003600", "null")), JwtFault::kClaimType},
      {"exp beyond 64 bits", Sign(kHeader, Payload("1700003600", "18446744073709551615")),
       JwtFault::kClaimType},
      {"expired", Sign(kHeader, Payload("1700003600", "1699999999")), JwtFault::kExpired},
      {"expired before the epoch", Sign(kHeader, Payload("1700003600", "-9223372036854775808")),
       JwtFault::kExpired},
      {"not yet valid", Sign(kHeader, Payload("{", R"({"nbf":1700000002,)")),
       JwtFault::kNotYetValid},
      {"never valid", Sign(kHeader, Payload("{", R"({"nbf":9223372036854775807,)")),
       JwtFault::kNotYetValid},
      {"nbf in text", Sign(kHeader, Payload("{", R"({"nbf":"0",)")), JwtFault::kClaimType},
      {"an ID token",
       Sign(kHeader, Payload(R"("client_id":"client1","token_use":"access")",
                             R"("aud":"client1","token_use":"id")")),
       JwtFault::kTokenUse},
      {"no token_use", Sign(kHeader, Payload(R"("token_use":"access",)")), JwtFault::kClaimMissing},
      {"another client", Sign(kHeader, Payload("client1", "client2")), JwtFault::kClientId},
      {"no client", Sign(kHeader, Payload(R"("client_id":"client1",)")), JwtFault::kClaimMissing},
      {"two clients", Sign(kHeader, Payload(R"("client1")", R"(["client1"])")),
       JwtFault::kClaimType},
  };
  for (const auto& [what, token, fault] : cases) {
    const auto claims = Verify(token);
    ASSERT_FALSE(claims) << what;
    EXPECT_EQ(claims.error(), fault) << what << ": " << Describe(claims.error());
  }
}

TEST(Jwt, GivesTheClocksASecondAndNoMore) {
  auto claims = GoodClaims();
  claims.nbf = kNow;
  claims.exp = kNow + 10;
  const std::string token = *SignJwt(claims, Key(), "one");
  const auto at = [&](int64_t seconds) {
    return Verify(token, base::Micros((kNow + seconds) * 1'000'000));
  };
  EXPECT_EQ(at(-2).error(), JwtFault::kNotYetValid);
  EXPECT_TRUE(at(-1));
  EXPECT_TRUE(at(10));
  EXPECT_EQ(at(11).error(), JwtFault::kExpired);
}

TEST(Jwt, VerifiesWithTheKeyThatTheKidNames) {
  Jwks keys = Keys();
  ASSERT_TRUE(keys.Add("two", StrangersKey().public_key()));
  EXPECT_TRUE(
      VerifyJwt(*SignJwt(GoodClaims(), StrangersKey(), "two"), keys, kExpected, kNowMicros));
  const auto crossed =
      VerifyJwt(*SignJwt(GoodClaims(), StrangersKey(), "one"), keys, kExpected, kNowMicros);
  EXPECT_EQ(crossed.error(), JwtFault::kSignature);
}

TEST(Jwt, RefusesEveryChangeOfOneCharacter) {
  const std::string good = *SignJwt(GoodClaims(), Key(), "one");
  EXPECT_TRUE(rc::check("a changed token is refused", [&] {
    std::string token = good;
    const auto at = *rc::gen::inRange<size_t>(0, token.size());
    const auto with = *rc::gen::arbitrary<char>();
    RC_PRE(token[at] != with);
    token[at] = with;
    RC_ASSERT(!Verify(token));
  }));
}

TEST(Jwt, SurvivesWhateverBytes) {
  EXPECT_TRUE(rc::check("bytes are no token", [](const std::string& bytes) {
    RC_ASSERT(!Verify(bytes));
    RC_ASSERT(!Verify(Sign(bytes, Payload())));
    RC_ASSERT(!Verify(Sign(kHeader, bytes)));
  }));
}

TEST(JwtFault, HasAPhraseForEach) {
  EXPECT_EQ(Describe(JwtFault::kTooLarge), "larger than 8 KiB");
  EXPECT_EQ(Describe(JwtFault::kUnknownKid), "unknown kid");
  EXPECT_EQ(Describe(JwtFault::kClientId), "another client");
}

}  // namespace
}  // namespace cruddur::auth
