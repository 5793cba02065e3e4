// Requests whose signatures are known, for the tests of signer and verifier.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "auth/sigv4.h"
#include "auth/sigv4_verify.h"

namespace cruddur::auth {

inline constexpr char kSecret[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
inline const std::string kEmptyHash = HexSha256("");

struct Vector {
  const char* name;
  const char* method;
  const char* path;
  const char* query;
  std::vector<HeaderField> headers;
  std::string body;
  const char* access_key_id;
  const char* session_token;
  const char* region;
  const char* service;
  const char* amz_date;
  const char* signature;
};

// The first eight are from the test suite that AWS published for Signature Version 4, and its
// documentation; the others were made with botocore 1.29.27's SigV4Auth and S3SigV4Auth.
inline std::vector<Vector> Vectors() {
  const char* const id = "AKIDEXAMPLE";
  const char* const date = "20150830T123600Z";
  const char* const region = "us-east-1";
  const HeaderField host{"Host", "example.amazonaws.com"};
  // clang-format off
  return {
      {"get-vanilla", "GET", "/", "", {host}, "", id, "", region, "service", date,
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"post-vanilla", "POST", "/", "", {host}, "", id, "", region, "service", date,
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"get-vanilla-query-order-key-case", "GET", "/", "Param2=value2&Param1=value1", {host}, "",
       id, "", region, "service", date,
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-header-value-trim", "GET", "/", "", {host, {"My-Header1", " value1"}, {"My-Header2",
       " \"a   b   c\""}}, "", id, "", region, "service", date,
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"get-header-key-duplicate", "GET", "/", "", {host, {"My-Header1", "value2"}, {"My-Header1",
       "value2"}, {"My-Header1", "value1"}}, "", id, "", region, "service", date,
       "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"get-unreserved", "GET",
       "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", {host}, "", id,
       "", region, "service", date,
       "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
      {"get-utf8", "GET", "/\u1234", "", {host}, "", id, "", region, "service", date,
       "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"ListUsers of the documentation", "GET", "/", "Action=ListUsers&Version=2010-05-08",
       {{"Host", "iam.amazonaws.com"}, {"Content-Type",
       "application/x-www-form-urlencoded; charset=utf-8"}}, "", id, "", region, "iam", date,
       "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"},
      {"dynamodb on another port, user agent not signed", "POST", "/", "", {{"Host",
       "localhost:8000"}, {"X-Amz-Target", "DynamoDB_20120810.ListTables"}, {"Content-Type",
       "application/x-amz-json-1.0"}, {"User-Agent", "x"}}, R"({"Limit": 10})", id, "",
       "eu-central-1", "dynamodb", "20240229T235959Z",
       "dd677582ede9d43689558e14dcf2d14a6d3f37150bec80e1b4ab8ab2bb153e59"},
      {"dynamodb with a session token", "POST", "/", "", {{"Host",
       "dynamodb.us-west-2.amazonaws.com"}, {"X-Amz-Target", "DynamoDB_20120810.PutItem"},
       {"Content-Type", "application/x-amz-json-1.0"}}, "{\"Item\":{\"pk\":{\"S\":\"\u00e9\"}}}",
       "ASIAEXAMPLE", "FwoGZXIvYXdzEXAMPLE//token+with/specials==", "us-west-2", "dynamodb",
       "20230324T094501Z", "acde3fa840fa31683a4b1a7e235114d457b350a374698e09d4ad4fb7bbde49d2"},
      {"a path that is normalised and encoded twice", "GET",
       "/a%20b//c/./d/../e~f/%E2%82%AC/(x)/", "", {host}, "", id, "", "eu-west-1", "execute-api",
       date, "05a9248bbf1827dc756fd51ef8b1f20caf1462b53b34ae6bbba951681d707248"},
      {"a query that is sorted by name and value", "GET", "/q",
       "b=2&a=%20%2F&a=1&c&a-b=~&A=x%3Dy&=v&z=", {host}, "", id, "", region, "service", date,
       "2d79596f727b55d7709730c06b27cb43111121e97a1368695287c1f88a151519"},
      {"cognito", "POST", "/", "", {{"Host", "cognito-idp.us-east-1.amazonaws.com"},
       {"X-Amz-Target", "AWSCognitoIdentityProviderService.ListUsers"}, {"Content-Type",
       "application/x-amz-json-1.1"}}, R"({"UserPoolId": "us-east-1_x"})", id, "", region,
       "cognito-idp", date, "d3c67103f1decfc10824ef30b1494cb487b2d59153df096daaf10e2b163c200d"},
      {"blanks of every kind within values", "GET", "/", "", {{"Host",
       "example.amazonaws.com:8443"}, {"My-Header1", "value4,value1,  value3"}, {"Zz",
       "\t a \t b "}}, "", id, "", region, "service", date,
       "dae91783ee68cd1ec7ea0aa20c71a0c30940dc6cefa7e2766016203aa61bdcf2"},
      {"s3 takes the path as it stands", "GET", "/a%20b//c/../d", "", {{"Host",
       "bucket.s3.amazonaws.com"}, {"X-Amz-Content-SHA256", kEmptyHash}}, "", id, "", region,
       "s3", date, "32d48b5eeedc6d4d4be3a37c817385ac8dbcc3352ea062bed5f3fb1c1d2e8a16"},
  };
  // clang-format on
}

// A vector as a request, signed by us.
struct Signed {
  explicit Signed(const Vector& vector) : hash(HexSha256(vector.body)) {
    headers = vector.headers;
    request = {vector.method, vector.path, vector.query, headers, hash};
    now = *ParseAmzDate(vector.amz_date);
    added = SigV4Signer({vector.access_key_id, kSecret, vector.session_token}, vector.region,
                        vector.service)
                .Sign(request, now);
    for (const auto& [name, value] : added) headers.emplace_back(name, value);
    request.headers = headers;
    expected = {vector.service, vector.region};
  }
  Signed(const Signed&) = delete;

  SigV4Result<void> Verify(std::string_view secret = kSecret) const {
    const auto claimed = ReadSigV4(request, expected, now);
    if (!claimed) return std::unexpected(claimed.error());
    return VerifySigV4(request, *claimed, secret);
  }
  void SetHeader(std::string_view name, std::string_view value) {
    for (auto& header : headers) {
      if (header.name == name) header.value = value;
    }
  }

  std::string hash;
  std::vector<HeaderField> headers;
  SigV4Request request;
  std::vector<std::pair<std::string, std::string>> added;
  SigV4Expectation expected;
  base::Micros now;
};

}  // namespace cruddur::auth
