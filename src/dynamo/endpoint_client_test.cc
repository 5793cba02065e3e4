// What the client does when the store, or the way to it, fails: seen from a store that answers by
// script.
#include "dynamo/endpoint_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "dynamo/repeatability.h"
#include "net/loop_pool.h"
#include "net/test_run.h"
#include "net/test_scripted_server.h"

namespace cruddur::dynamo {
namespace {

using model::DbErrorCode;
using net::ScriptedServer;
using testing::HasSubstr;

// Answers each request with the next of the given answers, one connection each; the last one stays.
class ScriptedStore {
 public:
  struct Answer {
    int status = 200;
    std::string body;
    std::string headers;
  };

  explicit ScriptedStore(std::vector<Answer> answers)
      : answers_(std::move(answers)),
        server_([this](ScriptedServer::Peer& peer, int connection) { Serve(peer, connection); }) {}

  int requests() const { return requests_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

 private:
  void Serve(ScriptedServer::Peer& peer, int connection) {
    if (peer.ReadHeader().empty()) return;
    ++requests_;
    const Answer& answer = answers_[std::min<size_t>(connection, answers_.size() - 1)];
    if (answer.status == 0) return;  // closes without a word
    peer.Send("HTTP/1.1 " + std::to_string(answer.status) +
              " X\r\nConnection: close\r\nContent-Length: " + std::to_string(answer.body.size()) +
              "\r\n" + answer.headers + "\r\n" + answer.body);
    peer.WaitForEnd();
  }

  std::atomic<int> requests_ = 0;
  const std::vector<Answer> answers_;
  ScriptedServer server_;
};

ScriptedStore::Answer ErrorAnswer(int status, std::string type) {
  return {status, R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + type + R"("})", ""};
}
const ScriptedStore::Answer kSilence{0, "", ""};
const ScriptedStore::Answer kDone{200, "{}", ""};

class EndpointClientTest : public testing::Test {
 protected:
  std::unique_ptr<EndpointClient> Connect(
      const std::string& url, int attempts = 10,
      std::chrono::milliseconds deadline = std::chrono::seconds(20)) {
    auto client = EndpointClient::Create(
        {.endpoint_url = url, .deadline = deadline, .max_attempts = attempts});
    EXPECT_TRUE(client) << (client ? "" : client.error().message);
    return *std::move(client);
  }
  template <class T>
  T Run(Task<T> task) {
    return net::RunOn(loops_.loop(0), std::move(task));
  }

  const model::PutItemRequest put_{.table = "abc", .item = {{"pk", "a"}}};
  net::LoopPool loops_{1};
};

TEST_F(EndpointClientTest, SendsAgainWhatWasThrottled) {
  ScriptedStore store({ErrorAnswer(400, "ProvisionedThroughputExceededException"),
                       ErrorAnswer(400, "ThrottlingException"), kDone});
  auto client = Connect(store.url());
  model::PutItemRequest conditional = put_;
  conditional.condition_expression = "attribute_not_exists(pk)";
  EXPECT_TRUE(Run(client->PutItem(conditional)));
  EXPECT_EQ(store.requests(), 3);
}

TEST_F(EndpointClientTest, SendsAgainAfterFailuresWhereThatIsHarmless) {
  ScriptedStore store({ErrorAnswer(500, "InternalServerError"),
                       {502, "<html>", ""},
                       kSilence,
                       ErrorAnswer(503, "ServiceUnavailable"),
                       kDone});
  EXPECT_TRUE(Run(Connect(store.url())->PutItem(put_)));
  EXPECT_EQ(store.requests(), 5);
}

TEST_F(EndpointClientTest, NeverSendsAWriteTwiceThatWouldActTwice) {
  model::UpdateItemRequest add{.table = "abc", .key = {{"pk", "a"}}};
  add.update_expression = "ADD n :one";
  model::PutItemRequest conditional = put_;
  conditional.condition_expression = "attribute_not_exists(pk)";
  for (const auto& failure : {ErrorAnswer(500, "InternalServerError"), kSilence}) {
    ScriptedStore store({failure, kDone});
    auto client = Connect(store.url());
    EXPECT_FALSE(Run(client->UpdateItem(add)));
    EXPECT_EQ(store.requests(), 1);
  }
  ScriptedStore store({kSilence, kDone});
  auto answer = Run(Connect(store.url())->PutItem(conditional));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, DbErrorCode::kUnreachable);
  EXPECT_EQ(store.requests(), 1);
}

TEST_F(EndpointClientTest, GivesUpAfterSomeAttempts) {
  ScriptedStore store({ErrorAnswer(400, "ThrottlingException")});
  auto answer = Run(Connect(store.url(), 3)->PutItem(put_));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, DbErrorCode::kThrottling);
  EXPECT_EQ(store.requests(), 3);
}

TEST_F(EndpointClientTest, GivesUpAtTheDeadline) {
  ScriptedServer mute([](ScriptedServer::Peer& peer, int) { peer.WaitForEnd(); });
  auto client =
      Connect("http://127.0.0.1:" + std::to_string(mute.port()), 10, std::chrono::milliseconds(50));
  auto answer = Run(client->PutItem(put_));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, DbErrorCode::kUnreachable);
}

TEST_F(EndpointClientTest, SaysThatAStoreIsAway) {
  auto answer = Run(Connect("http://127.0.0.1:1", 2)->GetItem({.table = "abc"}));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, DbErrorCode::kUnreachable);
  EXPECT_THAT(answer.error().message, HasSubstr("127.0.0.1:1"));
}

TEST_F(EndpointClientTest, DoesNotTrustADamagedAnswer) {
  ScriptedStore store({{200, R"({"Item":{"pk":{"S":"a"}}})", "x-amz-crc32: 1\r\n"},
                       {200, R"({"Item":{"pk":{"S":"b"}}})", ""}});
  auto answer = Run(Connect(store.url())->GetItem({.table = "abc"}));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->item, (model::Item{{"pk", "b"}}));
}

TEST_F(EndpointClientTest, SurvivesNonsense) {
  for (std::string body : {"", "[]", "<html>", R"({"Item":1})", R"({"Item":{"a":{"N":"x"}}})"}) {
    ScriptedStore store({{200, body, ""}});
    auto answer = Run(Connect(store.url(), 1)->GetItem({.table = "abc"}));
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().code, DbErrorCode::kInternalServerError) << body;
  }
}

TEST_F(EndpointClientTest, SendsWhatABatchLeftUnprocessed) {
  ScriptedStore store(
      {{200, R"({"UnprocessedItems":{"abc":[{"DeleteRequest":{"Key":{"pk":{"S":"b"}}}}]}})", ""},
       {200, R"({"UnprocessedItems":{}})", ""}});
  model::BatchWriteItemRequest batch;
  batch.tables = {{"abc", {{true, {{"pk", "a"}}}, {false, {{"pk", "b"}}}}}};
  auto answer = Run(Connect(store.url())->BatchWriteItem(batch));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->unprocessed.empty());
  EXPECT_EQ(store.requests(), 2);
}

TEST_F(EndpointClientTest, CollectsABatchOfReadsFromItsParts) {
  ScriptedStore store(
      {{200,
        R"({"Responses":{"abc":[{"pk":{"S":"a"}}]},"UnprocessedKeys":{"abc":{"Keys":)"
        R"([{"pk":{"S":"b"}}]}}})",
        ""},
       {200, R"({"Responses":{"abc":[{"pk":{"S":"b"}}]},"UnprocessedKeys":{}})", ""}});
  model::BatchGetItemRequest batch;
  batch.tables = {{"abc", {{{{"pk", "a"}}, {{"pk", "b"}}}}}};
  auto answer = Run(Connect(store.url())->BatchGetItem(batch));
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->items.size(), 1u);
  EXPECT_EQ(answer->items[0].second.size(), 2u);
}

TEST_F(EndpointClientTest, FailsABatchThatNeverEnds) {
  ScriptedStore store(
      {{200, R"({"UnprocessedItems":{"abc":[{"DeleteRequest":{"Key":{"pk":{"S":"b"}}}}]}})", ""}});
  model::BatchWriteItemRequest batch;
  batch.tables = {{"abc", {{false, {{"pk", "b"}}}}}};
  auto answer =
      Run(Connect(store.url(), 10, std::chrono::milliseconds(300))->BatchWriteItem(batch));
  ASSERT_FALSE(answer);
}

TEST_F(EndpointClientTest, SaysWhatAStoreCannotDo) {
  ScriptedStore store(
      {{400, R"({"__type":"com.amazon.coral.service#UnknownOperationException"})", ""}});
  auto answer = Run(Connect(store.url())->TransactWriteItems({}));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, DbErrorCode::kUnknownOperation);
  EXPECT_EQ(store.requests(), 1);
}

TEST(EndpointSettings, FindTheEndpointOfARegion) {
  EXPECT_EQ(AwsEndpoint("eu-central-1"), "https://dynamodb.eu-central-1.amazonaws.com");
  EXPECT_EQ(AwsEndpoint("cn-north-1"), "https://dynamodb.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(AwsStreamsEndpoint("us-east-1"), "https://streams.dynamodb.us-east-1.amazonaws.com");
}

TEST(EndpointSettings, WantCredentialsForAws) {
  EXPECT_FALSE(EndpointClient::Create({}));
  EXPECT_FALSE(EndpointClient::Create({.endpoint_url = AwsEndpoint("us-west-2")}));
  EXPECT_TRUE(EndpointClient::Create({.credentials = auth::Credentials{"a", "b", ""}}));
  EXPECT_TRUE(EndpointClient::Create({.endpoint_url = "http://localhost:8000"}));
  EXPECT_FALSE(EndpointClient::Create({.endpoint_url = "localhost:8000"}));
}

TEST(Repeatability, TellsUpdatesThatActOnce) {
  for (auto [text, repeatable] : std::initializer_list<std::pair<std::string_view, bool>>{
           {"", true},
           {"SET a = :a", true},
           {"set #a.b = :a, c=:c REMOVE d DELETE e :s", true},
           {"SET a = :a + :b", false},
           {"SET a = a - :b", false},
           {"SET a = list_append(a, :b)", false},
           {"SET a = if_not_exists(a, :b)", false},  // harmless, but not understood
           {"SET a = b, b = a", false},
           {"SET a[1] = :a", false},
           {"REMOVE a[0]", false},
           {"ADD a :one", false},
           {"SET b = :b add a :one", false},
           {"SET a =", false},
       }) {
    EXPECT_EQ(IsRepeatableUpdate(text), repeatable) << text;
  }
}

TEST(Repeatability, LooksAtConditionsAndReturnValues) {
  EXPECT_TRUE(IsRepeatable(model::PutItemRequest{}));
  EXPECT_FALSE(IsRepeatable(model::PutItemRequest{.return_values = model::ReturnValues::kAllOld}));
  EXPECT_FALSE(IsRepeatable(model::DeleteItemRequest{.condition_expression = "a"}));
  EXPECT_TRUE(
      IsRepeatable(model::UpdateItemRequest{.return_values = model::ReturnValues::kAllNew}));
  EXPECT_TRUE(IsRepeatable(model::QueryRequest{}));
  EXPECT_FALSE(IsRepeatable(model::CreateTableRequest{}));
}

}  // namespace
}  // namespace cruddur::dynamo
