// Spec section 12, fault 10: whatever stands in the Authorization header is answered 401 in JSON,
// or by the one user whose token it is. The tokens are signed with the pool's own key where their
// signature isn't the point.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/api_fixture.h"
#include "auth/digest.h"
#include "auth/encoding.h"

namespace cruddur::api {
namespace {

using ::testing::HasSubstr;

class HostileTokens : public ApiFixture {
 protected:
  std::string Signed(const std::string& header, const std::string& payload) {
    const std::string text = auth::Base64UrlEncode(header) + "." + auth::Base64UrlEncode(payload);
    return text + "." + auth::Base64UrlEncode(*keys->signer().key.SignRs256(text));
  }
  std::string Header(const std::string& alg = R"("RS256")", const std::string& more = "") {
    return R"({"alg":)" + alg + R"(,"kid":")" + keys->signer().kid + "\"" + more + "}";
  }
  // A good payload, with `from` replaced by `to`.
  std::string Payload(const std::string& from = "", const std::string& to = "") {
    const int64_t now = std::chrono::floor<std::chrono::seconds>(clock.Now()).count();
    std::string text =
        R"({"iss":"http://localhost:4567/local_cruddur","sub":"sub-bayko","token_use":"access",)"
        R"("client_id":"cruddurlocalclient","iat":)" +
        std::to_string(now) + R"(,"exp":)" + std::to_string(now + 600) + "}";
    if (!from.empty()) text.replace(text.find(from), from.size(), to);
    return text;
  }
  std::string WithExpiry(int64_t from_now) {
    const int64_t now = std::chrono::floor<std::chrono::seconds>(clock.Now()).count();
    return Payload(R"("exp":)" + std::to_string(now + 600),
                   R"("exp":)" + std::to_string(now + from_now));
  }
  std::string Good() { return Signed(Header(), Payload()); }
  // HMAC with the public key for its secret.
  std::string Hmac() {
    const std::string text =
        auth::Base64UrlEncode(Header(R"("HS256")")) + "." + auth::Base64UrlEncode(Payload());
    const auto sum = auth::HmacSha256(keys->signer().key.public_key().n(), text);
    return text + "." + auth::Base64UrlEncode(auth::AsBytes(sum));
  }
  net::ClientResponse With(std::vector<std::string> authorizations) {
    net::ClientRequest request{.target = "/api/message_groups"};
    for (auto& value : authorizations) {
      request.headers.emplace_back("Authorization", std::move(value));
    }
    return Send(std::move(request));
  }
};

TEST_F(HostileTokens, AreAnswered401InJson) {
  ASSERT_EQ(With({"Bearer " + Good()}).status, 200);
  const std::string good = Good();
  const size_t first = good.find('.'), second = good.find('.', first + 1);
  const std::string stranger = [&] {
    const auto key = auth::PrivateKey::Generate().value();
    const std::string text = good.substr(0, second);
    return text + "." + auth::Base64UrlEncode(*key.SignRs256(text));
  }();
  const std::string unsigned_part =
      auth::Base64UrlEncode(Header(R"("none")")) + "." + auth::Base64UrlEncode(Payload()) + ".";
  const std::string kids[] = {"",
                              "unknown",
                              "../../../dev/null",
                              "/etc/passwd",
                              "a' or '1'='1",
                              "https://example.com/key",
                              std::string(5'000, 'k')};

  std::vector<std::pair<std::string, std::string>> cases = {
      {"an empty header", ""},
      {"a scheme alone", "Bearer"},
      {"no token", "Bearer "},
      {"a bare token", good},
      {"Basic", "Basic " + good},
      {"Token", "Token " + good},
      {"two tokens", "Bearer " + good + " " + good},
      {"two schemes", "Bearer Bearer " + good},
      {"a comma", "Bearer " + good + ","},
      {"quotes", "Bearer \"" + good + "\""},
      {"a tab", "Bearer\t" + good},
      {"bytes", "Bearer \xff\xfe"},
      {"oversized", "Bearer " + std::string(9'000, 'a')},
      {"dots", "Bearer ..."},
      {"two parts", "Bearer " + good.substr(0, second)},
      {"four parts", "Bearer " + good + ".x"},
      {"bad base64url", "Bearer !!.??.**"},
      {"padding", "Bearer " + good + "=="},
      {"no signature", "Bearer " + good.substr(0, second + 1)},
      {"a cut signature", "Bearer " + good.substr(0, good.size() - 4)},
      {"a stranger's signature", "Bearer " + stranger},
      {"alg none", "Bearer " + unsigned_part},
      {"alg none, signed", "Bearer " + Signed(Header(R"("none")"), Payload())},
      {"alg HS256 with the public key", "Bearer " + Hmac()},
      {"alg PS256", "Bearer " + Signed(Header(R"("PS256")"), Payload())},
      {"alg in an array", "Bearer " + Signed(Header(R"(["RS256"])"), Payload())},
      {"alg twice", "Bearer " + Signed(Header(R"("none","alg":"RS256")"), Payload())},
      {"a header that isn't JSON", "Bearer " + Signed("RS256", Payload())},
      {"no kid", "Bearer " + Signed(R"({"alg":"RS256"})", Payload())},
      {"crit", "Bearer " + Signed(Header(R"("RS256")", R"(,"crit":["exp"])"), Payload())},
      {"an embedded jwk", "Bearer " + Signed(Header(R"("RS256")", R"(,"jwk":{})"), Payload())},
      {"a jku", "Bearer " + Signed(Header(R"("RS256")", R"(,"jku":"http://x")"), Payload())},
      {"an x5u", "Bearer " + Signed(Header(R"("RS256")", R"(,"x5u":"http://x")"), Payload())},
      {"a payload that isn't JSON", "Bearer " + Signed(Header(), "sub=sub-bayko")},
      {"another issuer", "Bearer " + Signed(Header(), Payload("4567", "4568"))},
      {"an issuer that goes on",
       "Bearer " + Signed(Header(), Payload("local_cruddur", "local_cruddur/x"))},
      {"an ID token", "Bearer " + Signed(Header(), Payload(R"("access")", R"("id")"))},
      {"a refresh token", "Bearer " + Signed(Header(), Payload(R"("access")", R"("refresh")"))},
      {"no token_use", "Bearer " + Signed(Header(), Payload(R"("token_use":"access",)", ""))},
      {"another client", "Bearer " + Signed(Header(), Payload("localclient", "otherclient"))},
      {"aud for client_id", "Bearer " + Signed(Header(), Payload("client_id", "aud"))},
      {"no sub", "Bearer " + Signed(Header(), Payload(R"("sub":"sub-bayko",)", ""))},
      {"sub twice", "Bearer " + Signed(Header(), Payload("{", R"({"sub":"sub-londo",)"))},
      {"sub a number", "Bearer " + Signed(Header(), Payload(R"("sub-bayko")", "7"))},
      {"nobody's sub", "Bearer " + Signed(Header(), Payload("sub-bayko", "sub-nobody"))},
      {"expired", "Bearer " + Signed(Header(), WithExpiry(-60))},
      {"no exp", "Bearer " + Signed(Header(), Payload(R"("exp")", R"("expires")"))},
      {"exp in text", "Bearer " + Signed(Header(), Payload(R"("exp":)", R"("exp":"1","x":)"))},
      {"not yet valid", "Bearer " + Signed(Header(), Payload("{", R"({"nbf":99999999999,)"))},
  };
  for (const std::string& kid : kids) {
    const std::string header = R"({"alg":"RS256","kid":")" + kid + "\"}";
    cases.emplace_back("the kid " + kid.substr(0, 20), "Bearer " + Signed(header, Payload()));
  }
  for (const auto& [what, authorization] : cases) {
    const auto answer = With({authorization});
    EXPECT_EQ(answer.status, 401) << what << ": " << answer.body;
    EXPECT_EQ(answer.Header("content-type"), "application/json") << what;
    EXPECT_THAT(answer.body, HasSubstr(R"("error":"unauthorized")")) << what;
    EXPECT_EQ(answer.Header("www-authenticate"), "Bearer") << what;
  }
  EXPECT_EQ(With({}).status, 401) << "no header at all";
  EXPECT_EQ(With({"Bearer " + good, "Bearer " + good}).status, 401) << "two headers";
  EXPECT_EQ(With({"Bearer " + good}).status, 200) << "and the good one still passes";
}

}  // namespace
}  // namespace cruddur::api
