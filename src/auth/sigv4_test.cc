#include "auth/sigv4.h"

#include <gtest/gtest.h>

#include "auth/encoding.h"
#include "auth/sigv4_vectors.h"

namespace cruddur::auth {
namespace {

TEST(SigningKey, AgreesWithTheDocumentedExamples) {
  EXPECT_EQ(HexEncode(AsBytes(SigningKey(kSecret, {"20120215", "us-east-1", "iam"}))),
            "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
  EXPECT_EQ(HexEncode(AsBytes(SigningKey(kSecret, {"20150830", "us-east-1", "iam"}))),
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

TEST(StringToSign, AgreesWithTheDocumentedExample) {
  const HeaderField headers[] = {
      {"Host", "iam.amazonaws.com"},
      {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
      {"X-Amz-Date", "20150830T123600Z"},
  };
  const SigV4Request request{.query = "Action=ListUsers&Version=2010-05-08",
                             .headers = headers,
                             .payload_hash = kEmptyHash};
  const std::string canonical = CanonicalRequest(
      request, "iam", std::vector<std::string>{"content-type", "host", "x-amz-date"});
  EXPECT_EQ(canonical,
            "GET\n/\nAction=ListUsers&Version=2010-05-08\n"
            "content-type:application/x-www-form-urlencoded; charset=utf-8\n"
            "host:iam.amazonaws.com\nx-amz-date:20150830T123600Z\n\n"
            "content-type;host;x-amz-date\n"
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(StringToSign(canonical, "20150830T123600Z", {"20150830", "us-east-1", "iam"}),
            "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
            "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
}

TEST(SigV4, SignsAsAwsAndBotocoreDo) {
  for (const auto& vector : Vectors()) {
    const Signed made(vector);
    const auto parsed = ReadSigV4(made.request, made.expected, made.now);
    ASSERT_TRUE(parsed) << vector.name;
    EXPECT_EQ(parsed->signature, vector.signature)
        << vector.name << "\n"
        << CanonicalRequest(made.request, vector.service, parsed->signed_headers);
    EXPECT_EQ(parsed->access_key_id, vector.access_key_id);
  }
}

TEST(SigV4Signer, SignsOnBothSidesOfMidnight) {
  const SigV4Signer signer({"AKIDEXAMPLE", kSecret, ""}, "us-east-1", "dynamodb");
  const HeaderField headers[] = {{"host", "h"}};
  const SigV4Request request{.headers = headers, .payload_hash = kEmptyHash};
  for (const char* date : {"20240229T235959Z", "20240301T000000Z", "20240229T235959Z"}) {
    const auto added = signer.Sign(request, *ParseAmzDate(date));
    EXPECT_EQ(added.front().second, date);
    EXPECT_NE(added.back().second.find("/" + std::string(date, 8) + "/"), std::string::npos);
  }
}

TEST(CanonicalPath, NormalisesLikeAwsServices) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "/"},
      {"/", "/"},
      {"//", "/"},
      {"/./", "/"},
      {"/..", "/"},
      {"/../../a", "/a"},
      {"/a/..", "/"},
      {"/a/b/../..", "/"},
      {"//a//b/", "/a/b/"},
      {"/example space/", "/example%20space/"},
      {"/a%20b", "/a%2520b"},
      {"/a+b=c&d", "/a%2Bb%3Dc%26d"},
  };
  for (const auto& [path, canonical] : cases)
    EXPECT_EQ(CanonicalPath(path, "iam"), canonical) << path;
  EXPECT_EQ(CanonicalPath("/a//../b", "s3"), "/a//../b");
}

TEST(CanonicalQuery, EncodesInOneWay) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"a", "a="},
      {"a=b&", "a=b"},
      {"&&a=b", "a=b"},
      {"a=b=c", "a=b%3Dc"},
      {"a=%2f", "a=%2F"},
      {"a=%zz&b=%", "a=%25zz&b=%25"},
      {"a=b+c", "a=b%2Bc"},
      {"a=\u1234", "a=%E1%88%B4"},
      {"%61=1&A=2", "A=2&a=1"},
  };
  for (const auto& [query, canonical] : cases) EXPECT_EQ(CanonicalQuery(query), canonical) << query;
}

TEST(AmzDate, ReadsWhatItWrites) {
  EXPECT_EQ(FormatAmzDate(base::Micros(1'440'938'160'000'000)), "20150830T123600Z");
  EXPECT_EQ(FormatAmzDate(base::Micros(1'440'938'160'999'999)), "20150830T123600Z");
  EXPECT_EQ(FormatAmzDate(base::Micros(0)), "19700101T000000Z");
  EXPECT_EQ(*ParseAmzDate("20150830T123600Z"), base::Micros(1'440'938'160'000'000));
  EXPECT_TRUE(ParseAmzDate("20240229T000000Z"));
  for (const char* text :
       {"", "20150830T123600", "20150830 123600Z", "20150830t123600Z", "20150832T123600Z",
        "20151330T123600Z", "20230229T123600Z", "20150830T243600Z", "20150830T126000Z",
        "20150830T123660Z", "2015-08-30T12:3Z", "+0150830T123600Z", "20150830T1236 0Z"}) {
    EXPECT_FALSE(ParseAmzDate(text)) << text;
  }
}

}  // namespace
}  // namespace cruddur::auth
