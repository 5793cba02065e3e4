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
    EXPECT_TRUE(verified) << vector.name << ": " << (verified ? "" : verified.error().message);
    EXPECT_EQ(made.Verify("another secret").error().fault, SigV4Fault::kMismatch) << vector.name;
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
       SigV4Fault::kMismatch},
      {"no host", [](Signed& s) { s.headers[0].name = "X"; }, SigV4Fault::kMismatch},
      {"a time of the same day", [](Signed& s) { s.SetHeader("X-Amz-Date", "20230324T094601Z"); },
       SigV4Fault::kMismatch},
      {"another day", [](Signed& s) { s.SetHeader("X-Amz-Date", "20230325T094501Z"); },
       SigV4Fault::kNotYetCurrent},
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
         s.headers.back().value = s.added.back().second;
       },
       SigV4Fault::kMismatch},
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
    EXPECT_EQ(verified.error().fault, fault) << what << ": " << verified.error().message;
  }
  Signed anywhere(DynamoVector());
  anywhere.expected.region = "";
  EXPECT_TRUE(anywhere.Verify());
  anywhere.now += kSigV4Window;
  EXPECT_TRUE(anywhere.Verify()) << "the window includes its ends";
}

// A request with this Authorization header, at the time that its X-Amz-Date says.
struct Claimed {
  explicit Claimed(std::string value, std::string date = "20150830T123600Z")
      : kept(std::move(value)), kept_date(std::move(date)) {
    headers = {{"Host", "a"}, {"X-Amz-Date", kept_date}, {"Authorization", kept}};
  }
  Claimed(const Claimed&) = delete;
  SigV4Result<SigV4Authorization> Read(std::string_view now = "20150830T123600Z") const {
    return ReadSigV4({.method = "POST", .headers = headers}, {"dynamodb", "us-east-1"},
                     *ParseAmzDate(now));
  }
  std::string kept, kept_date;
  std::vector<HeaderField> headers;
};

constexpr char kGood[] =
    "AWS4-HMAC-SHA256 Credential=AK/20150830/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=a";

TEST(ReadSigV4, ReadsTheThreePartsInAnyOrder) {
  const auto claimed = Claimed(
                           "AWS4-HMAC-SHA256 Signature=ab,SignedHeaders=X-Amz-Date;host;host,  "
                           "Credential=AK/20150830/us-east-1/dynamodb/aws4_request")
                           .Read();
  ASSERT_TRUE(claimed) << claimed.error().message;
  EXPECT_EQ(claimed->access_key_id, "AK");
  EXPECT_EQ(claimed->scope.ToString(), "20150830/us-east-1/dynamodb/aws4_request");
  EXPECT_EQ(claimed->signed_headers, (std::vector<std::string>{"host", "x-amz-date"}));
  EXPECT_EQ(claimed->signature, "ab");
}

TEST(ReadSigV4, RefusesWithTheTextsOfAws) {
  const auto changed = [](std::string_view from, std::string_view to) {
    std::string text = kGood;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::string date = "20150830T123600Z";
  const struct {
    std::string header, date, now, message;
  } cases[] = {
      {kGood, "201", date,
       "Date must be in ISO-8601 'basic format'. Got '201'. See "
       "http://en.wikipedia.org/wiki/ISO_8601"},
      {kGood, date, "20150830T124101Z",
       "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z "
       "(20150830T124101Z - 5 min.)"},
      {kGood, date, "20150830T123059Z",
       "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z "
       "(20150830T123059Z + 5 min.)"},
      {changed("host;", ""), date, date,
       "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
      {changed(";x-amz-date", ""), date, date,
       "'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization."},
      {changed("SHA256", "SHA25"), date, date,
       "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). "},
      {changed("/aws4_request", ""), date, date,
       "Credential must have exactly 5 slash-delimited elements, e.g. "
       "keyid/date/region/service/term, got 'AK/20150830/us-east-1/dynamodb'"},
      {changed("20150830/us-east-1/dynamodb/aws4_request", "20150829/us-east-2/s3/x"), date, date,
       "Credential should be scoped to a valid region. Credential should be scoped to correct "
       "service: 'dynamodb'. Credential should be scoped with a valid terminator: 'aws4_request', "
       "not 'x'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
       "from HTTP: '20150829' != '20150830', from '20150830T123600Z'."},
      {changed("Signature=a", "Signature"), date, date,
       "'Signature' not a valid key=value pair (missing equal-sign) in Authorization header: ' "
       "Credential=AK/20150830/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, "
       "Signature'."},
  };
  EXPECT_TRUE(Claimed(kGood).Read());
  for (const auto& each : cases) {
    const auto claimed = Claimed(each.header, each.date).Read(each.now);
    ASSERT_FALSE(claimed) << each.message;
    EXPECT_EQ(claimed.error().message, each.message);
  }
}

TEST(VerifySigV4, ShowsWhatShouldHaveBeenSigned) {
  Signed made(DynamoVector());
  const std::string message = made.Verify("another secret").error().message;
  EXPECT_EQ(message.find("The request signature we calculated does not match the signature you "
                         "provided. Check your AWS Secret Access Key and signing method. Consult "
                         "the service documentation for details.\n\nThe Canonical String for this "
                         "request should have been\n'POST\n/\n\ncontent-type:application/"),
            0u)
      << message;
  EXPECT_NE(message.find("\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n"
                         "20230324T094501Z\n20230324/us-west-2/dynamodb/aws4_request\n"),
            message.npos)
      << message;
  EXPECT_TRUE(message.ends_with("'\n"));
  EXPECT_EQ(message.find("another secret"), message.npos);
}

// Made with botocore 1.43.11's SigV4QueryAuth, over the body's hash.
TEST(VerifySigV4, TakesAPresignedQuery) {
  const std::string query =
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20230324%2Fus-ea"
      "st-1%2Fdynamodb%2Faws4_request&X-Amz-Date=20230324T094501Z&X-Amz-Expires=3600&X-"
      "Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-target&X-Amz-Security-Token=to%2Fk"
      "en%3D%3D&X-Amz-Signature=96b48905bf14db4370ce1eb9fe8c0dfbf007095f0262874f357a88a"
      "a5875721b";
  const std::string hash = HexSha256("{}");
  const HeaderField headers[] = {{"Host", "localhost:8000"},
                                 {"X-Amz-Target", "DynamoDB_20120810.ListTables"},
                                 {"Content-Type", "application/x-amz-json-1.0"}};
  const auto verify = [&](const std::string& text, std::string_view now) -> SigV4Result<void> {
    const SigV4Request request{"POST", "/", text, headers, hash};
    const auto claimed = ReadSigV4(request, {"dynamodb", "us-east-1"}, *ParseAmzDate(now));
    if (!claimed) return std::unexpected(claimed.error());
    EXPECT_TRUE(claimed->in_query);
    EXPECT_EQ(claimed->session_token, "to/ken==");
    return VerifySigV4(request, *claimed, kSecret);
  };
  const auto verified = verify(query, "20230324T094501Z");
  EXPECT_TRUE(verified) << verified.error().message;
  EXPECT_TRUE(verify(query, "20230324T104501Z")) << "an hour, as the query says";
  EXPECT_EQ(verify(query, "20230324T104502Z").error().message,
            "Signature expired: 20230324T094501Z is now earlier than 20230324T094502Z "
            "(20230324T104502Z - 60 min.)");
  EXPECT_EQ(verify(query + "&x=y", "20230324T094501Z").error().fault, SigV4Fault::kMismatch);
  std::string longer = query;
  longer.replace(longer.find("Expires=3600"), 12, "Expires=7200");
  EXPECT_EQ(verify(longer, "20230324T094501Z").error().fault, SigV4Fault::kMismatch);
  longer.replace(longer.find("Expires=7200"), 12, "Expires=7e10");
  EXPECT_EQ(verify(longer, "20230324T094501Z").error().fault, SigV4Fault::kIncomplete);
}

TEST(ReadSigV4, SurvivesWhateverBytes) {
  EXPECT_TRUE(rc::check("bytes are no authorization", [](const std::string& bytes) {
    RC_ASSERT(!Claimed(bytes).Read());
    RC_ASSERT(!Claimed("AWS4-HMAC-SHA256 " + bytes).Read());
    RC_ASSERT(!ReadSigV4({.query = bytes}, {"dynamodb", ""}, base::Micros(0)));
  }));
}

}  // namespace
}  // namespace cruddur::auth
