// The wire server where the transcripts of tests/wire don't reach: limits, hostile bodies, broken
// engines, the seam for authentication, many connections.
#include "dynamo/wire_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "dynamo/broken_engine_fixture.h"
#include "dynamo/content_coding.h"
#include "dynamo/served_fixture.h"

namespace cruddur::dynamo {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string Call(std::string_view operation, std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\n"
         "X-Amz-Target: DynamoDB_20120810." +
         std::string(operation) +
         "\r\nX-Amz-Date: 20230324T094501Z\r\nAuthorization: AWS4-HMAC-SHA256 "
         "Credential=a/20230324/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b"
         "\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

constexpr std::string_view kCreateTable =
    R"({"TableName": "abc", "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],)"
    R"("KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"})";

TEST(WireServer, SurvivesHostileBodies) {
  Served served;
  const std::string brackets(100'000, '[');
  std::string nested = R"({"TableName": "abc", "Key": {"a": )";
  for (int i = 0; i < 40'000; ++i) nested += R"({"M": {"a": )";
  for (const std::string& body :
       {brackets, R"({"a": )" + brackets, nested, std::string("{\"TableName\": \"\xff\xfe\"}"),
        std::string("{\"TableName\": \"a\0b\"}", 20), std::string(1'000'000, '{'),
        std::string("{\"TableName\": \"\\ud800\"}"), std::string("{\"Limit\": 1e999}")}) {
    const std::string answer = served.Answer(Call("GetItem", body));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 ")) << body.substr(0, 40);
    EXPECT_THAT(answer, HasSubstr("\"__type\":")) << body.substr(0, 40);
  }
}

TEST(WireServer, BoundsWhatItRepeats) {
  Served served;
  std::string body = R"({"RequestItems": {")" + std::string(3'000'000, 'x') + R"(": []}})";
  EXPECT_LT(served.Answer(Call("BatchWriteItem", body)).size(), 20'000u);
}

// What is written as expressions here was none to the client, and has no bound of expressions.
TEST(WireServer, TakesLegacyParametersOfThousandsOfAttributes) {
  Served served;
  served.Answer(Call("CreateTable", kCreateTable));
  std::string updates, names, conditions;
  for (int i = 0; i < 20'000; ++i) {
    const std::string name = "\"n" + std::to_string(i) + '"';
    const char* comma = i > 0 ? ", " : "";
    updates.append(comma).append(name).append(R"(: {"Value": {"S": ""}})");
    conditions.append(comma).append(name).append(R"(: {"Exists": false})");
  }
  const std::string key = R"("Key": {"pk": {"S": "a"}})", table = R"("TableName": "abc")";
  EXPECT_THAT(served.Answer(Call("UpdateItem", "{" + table + ", " + key + R"(, "Expected": {)" +
                                                   conditions + R"(}, "AttributeUpdates": {)" +
                                                   updates + "}}")),
              StartsWith("HTTP/1.1 200 "));
  // 255 names at most, which may be long.
  names = R"("n19999")";
  for (int i = 0; i < 254; ++i) names += ", \"" + std::string(9000, 'n') + std::to_string(i) + '"';
  const std::string last = R"("n19999":{"S":""})";
  const std::string get = "[" + names + "]";
  EXPECT_THAT(served.Answer(Call(
                  "GetItem", "{" + table + ", " + key + R"(, "AttributesToGet": )" + get + "}")),
              HasSubstr(last));
  EXPECT_THAT(served.Answer(Call("BatchGetItem", R"({"RequestItems": {"abc": {"Keys": [{"pk": )"
                                                 R"({"S": "a"}}], "AttributesToGet": )" +
                                                     get + "}}}")),
              HasSubstr(last));
  EXPECT_THAT(served.Answer(Call("Scan", "{" + table + R"(, "AttributesToGet": )" + get + "}")),
              HasSubstr(last));
}

TEST(WireServer, TakesSixteenMegabytesAndNoMore) {
  Served served;
  const size_t limit = 16 * 1024 * 1024;
  std::string body = R"({"TableName": "abc", "Nonsense": ")";
  body.append(limit - body.size() - 2, 'x').append("\"}");
  EXPECT_THAT(served.Answer(Call("DescribeTable", body)), HasSubstr("ResourceNotFoundException"));
  net::TestPeer peer(served.port());
  peer.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16777217\r\n\r\n");
  const std::string refused = peer.ReadAnswer();
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(refused, HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_THAT(refused, HasSubstr("x-amzn-RequestId: "));
  EXPECT_THAT(refused, HasSubstr("x-amz-crc32: "));
}

TEST(WireServer, AnswersTooLongAHeaderAsABadRequest) {
  Served served;
  const std::string answer =
      served.Answer("GET / HTTP/1.1\r\nX-Long: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, HasSubstr("SerializationException"));
}

std::string WithHeader(std::string request, std::string_view header) {
  return request.insert(request.find("\r\n\r\n") + 2, std::string(header) + "\r\n");
}

TEST(WireServer, UnpacksWhatIsSentCompressed) {
  Served served;
  const std::string packed = Pack(AnswerCoding::kGzip, R"({"TableName": "missing"})");
  EXPECT_THAT(served.Answer(WithHeader(Call("DescribeTable", packed), "Content-Encoding: gzip")),
              HasSubstr("Table: missing not found"));
  EXPECT_THAT(served.Answer(WithHeader(Call("DescribeTable", "{}"), "Content-Encoding: gzip")),
              StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(served.Answer(WithHeader(Call("DescribeTable", packed.substr(0, 20)),
                                       "Content-Encoding: gzip")),
              StartsWith("HTTP/1.1 500 "));
  const std::string bomb = Pack(AnswerCoding::kGzip, std::string(17 * 1024 * 1024, ' '));
  EXPECT_THAT(served.Answer(WithHeader(Call("DescribeTable", bomb), "Content-Encoding: gzip")),
              StartsWith("HTTP/1.1 500 "));
}

TEST(WireServer, UnpacksWhatAwsUnpacks) {
  Served served;
  const std::string body = R"({"TableName": "missing"})";
  const std::string half = Pack(AnswerCoding::kGzip, body.substr(0, 10));
  const std::string other_half = Pack(AnswerCoding::kGzip, body.substr(10));
  const struct {
    std::string body;
    const char* coding;
    const char* answer;
  } cases[] = {
      {Pack(AnswerCoding::kDeflate, body), "deflate", "Table: missing not found"},
      {half + other_half, "gzip", "Table: missing not found"},
      {half + other_half + "junk", "gzip", "Table: missing not found"},
      {body, "identity", "Table: missing not found"},
      {body, "deflate", "HTTP/1.1 500 "},
      {"", "gzip", "HTTP/1.1 500 "},
      {"", "deflate", "HTTP/1.1 500 "},
      {body, "garbage", "HTTP/1.1 500 "},
  };
  for (const auto& each : cases) {
    const std::string header = std::string("Content-Encoding: ") + each.coding;
    EXPECT_THAT(served.Answer(WithHeader(Call("DescribeTable", each.body), header)),
                HasSubstr(each.answer))
        << each.coding << ": " << each.body;
  }
}

TEST(WireServer, TakesCallsInChunks) {
  Served served;
  const auto in_chunks = [](std::string call, std::string_view coding) {
    const size_t head = call.find("Content-Length: "), body = call.find("\r\n\r\n") + 4;
    const std::string text =
        coding.empty() ? call.substr(body) : Pack(AnswerCoding::kGzip, call.substr(body));
    std::string chunked = call.substr(0, head) + "Transfer-Encoding: chunked\r\n";
    if (!coding.empty()) chunked.append("Content-Encoding: ").append(coding).append("\r\n");
    chunked += "\r\n";
    for (const char byte : text) chunked.append("1\r\n") += byte + std::string("\r\n");
    return chunked + "0\r\n\r\n";
  };
  EXPECT_THAT(served.Answer(in_chunks(Call("CreateTable", kCreateTable), "")),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(served.Answer(in_chunks(Call("DescribeTable", R"({"TableName": "abc"})"), "gzip")),
              HasSubstr(R"("TableStatus":"ACTIVE")"));
}

TEST(WireServer, CompressesLargeAnswersForThoseWhoLikeIt) {
  Served served;
  served.Answer(Call("CreateTable", kCreateTable));
  served.Answer(Call("PutItem", R"({"TableName": "abc", "Item": {"pk": {"S": "a"}, "b": {"S": ")" +
                                    std::string(10'000, 'b') + "\"}}}"));
  const std::string get = Call("GetItem", R"({"TableName": "abc", "Key": {"pk": {"S": "a"}}})");
  const std::string plain = net::BodyOf(served.Answer(get));
  EXPECT_GT(plain.size(), 10'000u);
  const std::string packed = served.Answer(WithHeader(get, "Accept-Encoding: br, gzip;q=0.5"));
  EXPECT_THAT(packed, HasSubstr("\r\nContent-Encoding: gzip\r\n"));
  EXPECT_EQ(Unpack("gzip", net::BodyOf(packed), 100'000), plain);
  const std::string deflated = served.Answer(WithHeader(get, "Accept-Encoding: deflate, gzip"));
  EXPECT_THAT(deflated, HasSubstr("\r\nContent-Encoding: deflate\r\n"));
  EXPECT_EQ(Unpack("deflate", net::BodyOf(deflated), 100'000), plain);
  EXPECT_EQ(net::BodyOf(served.Answer(WithHeader(get, "Accept-Encoding: gzip;q=0"))), plain);
}

TEST(WireServer, AnswersPipelinedCallsInTheirOrder) {
  Served served;
  net::TestPeer peer(served.port());
  peer.Send(Call("CreateTable", kCreateTable));
  EXPECT_THAT(peer.ReadAnswer(), StartsWith("HTTP/1.1 200 "));
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += Call("UpdateItem",
                R"({"TableName": "abc", "Key": {"pk": {"S": "a"}}, "UpdateExpression": "ADD n :n",
                    "ExpressionAttributeValues": {":n": {"N": "1"}}, "ReturnValues": "ALL_NEW"})");
    all += Call("GetItem", R"({"TableName": "abc", "Key": {"pk": {"S": "a"}}})");
  }
  peer.Send(all);
  for (int i = 1; i <= 50; ++i) {
    const std::string n = "{\"n\":{\"N\":\"" + std::to_string(i) + "\"}";
    EXPECT_THAT(peer.ReadAnswer(), HasSubstr("{\"Attributes\":" + n));
    EXPECT_THAT(peer.ReadAnswer(), HasSubstr("{\"Item\":" + n));
  }
}

TEST(WireServer, GivesEachAnswerAnIdOfItsOwn) {
  Served served;
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    const std::string answer = served.Answer(Call("ListTables", "{}"));
    const size_t at = answer.find("x-amzn-RequestId: ");
    ASSERT_NE(at, std::string::npos);
    const std::string id = answer.substr(at + 18, 52);
    EXPECT_EQ(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), std::string::npos);
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 20u);
}

TEST(WireServer, ServesManyConnectionsAtOnce) {
  Served served;
  EXPECT_THAT(served.Answer(Call("CreateTable", kCreateTable)), StartsWith("HTTP/1.1 200 "));
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      net::TestPeer peer(served.port());
      for (int i = 0; i < 25; ++i) {
        const std::string key = std::to_string(t) + "-" + std::to_string(i);
        peer.Send(
            Call("PutItem", R"({"TableName": "abc", "Item": {"pk": {"S": ")" + key + "\"}}}"));
        good += net::StatusOf(peer.ReadAnswer()) == 200;
        // Some go away without waiting for the answer.
        if (i == 20 && t % 2) return;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 4 * 25 + 4 * 21);
}

TEST(WireServer, KeepsInternalErrorsToItself) {
  Served served(std::make_unique<BrokenEngine>(model::DbError{
      model::DbErrorCode::kInternalServerError, "/data/000042.sst is damaged", nullptr}));
  for (std::string_view operation : {"GetItem", "PutItem"}) {
    const std::string member = operation == "GetItem" ? "Key" : "Item";
    const std::string answer = served.Answer(
        Call(operation, R"({"TableName": "abc", ")" + member + R"(": {"pk": {"S": "a"}}})"));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(answer, HasSubstr("#InternalServerError\""));
    EXPECT_THAT(answer, Not(HasSubstr("000042")));
  }
}

TEST(WireServer, SaysThatTheEngineIsBusyOrGoing) {
  for (auto [code, status] : {std::pair{model::DbErrorCode::kServiceUnavailable, "503"},
                              {model::DbErrorCode::kThrottling, "400"}}) {
    Served served(std::make_unique<BrokenEngine>(model::DbError{code, "full", nullptr}));
    EXPECT_THAT(served.Answer(Call("CreateTable", kCreateTable)),
                StartsWith("HTTP/1.1 " + std::string(status)));
  }
}

}  // namespace
}  // namespace cruddur::dynamo
