#include "auth/sigv4_verify.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "auth/sigv4_vectors.h"

namespace cruddur::auth {
namespace {

Vector DynamoVector() { return Vectors()[9]; }

TEST(SigV4, VerifiesWhatItSigned) {
  for (const auto& vector : Vectors()) {
    const Signed made(vector);
    const auto verified = made.Verify();
    EXPECT_TRUE(verified) << vector.name << ": " << Describe(verified.error());
    EXPECT_EQ(made.Verify("another secret").error(), SigV4Fault::kMismatch) << vector.name;
  }
}

TEST(SigV4, RefusesWhatWasChangedAfterSigning) {
  using Change = void (*)(Signed&);
  const struct {
    const char* what;
    Change change;
    SigV4Fault fault;
  } cases[] = {
      {"method", [](Signed& s) { s.request.method = "PUT"; }, SigV4Fault::kMismatch},
      {"path", [](Signed& s) { s.request.path = "/x"; }, SigV4Fault::kMismatch},
      {"query", [](Signed& s) { s.request.query = "a=b"; }, SigV4Fault::kMismatch},
      {"body", [](Signed& s) { s.request.payload_hash = kEmptyHash; }, SigV4Fault::kMismatch},
      {"host", [](Signed& s) { s.SetHeader("Host", "evil"); }, SigV4Fault::kMismatch},
      {"target", [](Signed& s) { s.SetHeader("X-Amz-Target", "DynamoDB_20120810.DeleteTable"); },
       SigV4Fault::kMismatch},
      {"token", [](Signed& s) { s.SetHeader("X-Amz-Security-Token", "x"); }, SigV4Fault::kMismatch},
      {"a second target",
       [](Signed& s) {
         s.headers.emplace_back("x-amz-target", "DynamoDB_20120810.DeleteTable");
         s.request.headers = s.headers;
       },
       SigV4Fault::kMismatch},
      {"an unsigned X-Amz header",
       [](Signed& s) {
         s.headers.emplace_back("X-AMZ-Extra", "x");
         s.request.headers = s.headers;
       },
       SigV4Fault::kHeaderUnsigned},
      {"a signed header that isn't there",
       [](Signed& s) { s.SetHeader("Content-Type", ""), s.headers[2].name = "X"; },
       SigV4Fault::kHeaderUnsigned},
      {"no host", [](Signed& s) { s.headers[0].name = "X"; }, SigV4Fault::kHeaderUnsigned},
      {"a time of the same day", [](Signed& s) { s.SetHeader("X-Amz-Date", "20230324T094601Z"); },
       SigV4Fault::kMismatch},
      {"another day", [](Signed& s) { s.SetHeader("X-Amz-Date", "20230325T094501Z"); },
       SigV4Fault::kScope},
      {"no time", [](Signed& s) { s.headers[3].name = "X"; }, SigV4Fault::kDate},
      {"two times",
       [](Signed& s) {
         s.headers.emplace_back("x-amz-date", "20230324T094501Z");
         s.request.headers = s.headers;
       },
       SigV4Fault::kDate},
      {"garbage for a time", [](Signed& s) { s.SetHeader("X-Amz-Date", "20230324T09450!Z"); },
       SigV4Fault::kDate},
      {"a payload hash that isn't the body's",
       [](Signed& s) {
         s.headers[2] = {"X-Amz-Content-Sha256", kEmptyHash};
         s.added.back().second.replace(s.added.back().second.find("content-type;host;x-amz-date"),
                                       28, "host;x-amz-content-sha256;x-amz-date");
       },
       SigV4Fault::kPayload},
      {"another region asked for", [](Signed& s) { s.expected.region = "us-east-1"; },
       SigV4Fault::kScope},
      {"another service asked for", [](Signed& s) { s.expected.service = "iam"; },
       SigV4Fault::kScope},
      {"six minutes late", [](Signed& s) { s.now += std::chrono::minutes(6); },
       SigV4Fault::kExpired},
      {"six minutes early", [](Signed& s) { s.now -= std::chrono::minutes(6); },
       SigV4Fault::kNotYetCurrent},
  };
  for (const auto& [what, change, fault] : cases) {
    Signed made(DynamoVector());
    ASSERT_TRUE(made.Verify());
    change(made);
    const auto verified = made.Verify();
    ASSERT_FALSE(verified) << what;
    EXPECT_EQ(verified.error(), fault) << what << ": " << Describe(verified.error());
  }
  Signed anywhere(DynamoVector());
  anywhere.expected.region = "";
  EXPECT_TRUE(anywhere.Verify());
  anywhere.now += kSigV4Window;
  EXPECT_TRUE(anywhere.Verify()) << "the window includes its ends";
}

TEST(ParseAuthorization, ReadsTheThreePartsInAnyOrder) {
  const std::string signature(64, 'a');
  const auto parsed = ParseAuthorization("AWS4-HMAC-SHA256 Signature=" + signature +
                                         ",SignedHeaders=host;x-amz-date,  "
                                         "Credential=AK/20150830/us-east-1/iam/aws4_request");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->access_key_id, "AK");
  EXPECT_EQ(parsed->scope.ToString(), "20150830/us-east-1/iam/aws4_request");
  EXPECT_EQ(parsed->signed_headers, (std::vector<std::string>{"host", "x-amz-date"}));
  EXPECT_EQ(parsed->signature, signature);
}

TEST(ParseAuthorization, RefusesEveryOtherForm) {
  const std::string credential = "Credential=AK/20150830/us-east-1/iam/aws4_request";
  const std::string headers = "SignedHeaders=host;x-amz-date";
  const std::string signature = "Signature=" + std::string(64, 'a');
  const std::string algorithm = "AWS4-HMAC-SHA256 ";
  std::string many = "SignedHeaders=a000";
  for (int i = 1; i < 100; ++i) many += ";a" + std::to_string(100 + i);
  const std::string cases[] = {
      "",
      "AWS4-HMAC-SHA256",
      algorithm,
      "Bearer abc",
      "AWS4-HMAC-SHA1 " + credential + ", " + headers + ", " + signature,
      "aws4-hmac-sha256 " + credential + ", " + headers + ", " + signature,
      algorithm + credential + ", " + headers,
      algorithm + credential + ", " + headers + ", " + signature + ", x=y",
      algorithm + credential + ", " + credential + ", " + signature,
      algorithm + "Credential=AK/20150830/us-east-1/iam, " + headers + ", " + signature,
      algorithm + "Credential=AK/20150830/us-east-1/iam/aws4_request/x, " + headers + ", " +
          signature,
      algorithm + "Credential=AK/20150830/us-east-1/iam/aws3_request, " + headers + ", " +
          signature,
      algorithm + "Credential=/20150830/us-east-1/iam/aws4_request, " + headers + ", " + signature,
      algorithm + "Credential=AK//us-east-1/iam/aws4_request, " + headers + ", " + signature,
      algorithm + credential + ", SignedHeaders=, " + signature,
      algorithm + credential + ", SignedHeaders=host;, " + signature,
      algorithm + credential + ", SignedHeaders=Host;x-amz-date, " + signature,
      algorithm + credential + ", SignedHeaders=x-amz-date;host, " + signature,
      algorithm + credential + ", SignedHeaders=host;host, " + signature,
      algorithm + credential + ", " + many + ", " + signature,
      algorithm + credential + ", " + headers + ", Signature=",
      algorithm + credential + ", " + headers + ", Signature=" + std::string(63, 'a'),
      algorithm + credential + ", " + headers + ", Signature=" + std::string(64, 'A'),
      algorithm + credential + ", " + headers + ", Signature=" + std::string(64, 'g'),
      algorithm + credential + ", " + headers + ", Signature",
      algorithm + std::string(9000, ','),
  };
  for (const auto& value : cases) {
    const auto parsed = ParseAuthorization(value);
    ASSERT_FALSE(parsed) << value;
    EXPECT_EQ(parsed.error(), SigV4Fault::kIncomplete);
  }
}

TEST(ParseAuthorization, SurvivesWhateverBytes) {
  EXPECT_TRUE(rc::check("bytes are no authorization", [](const std::string& bytes) {
    RC_ASSERT(!ParseAuthorization(bytes));
    RC_ASSERT(!ParseAuthorization("AWS4-HMAC-SHA256 " + bytes));
  }));
}

}  // namespace
}  // namespace cruddur::auth
