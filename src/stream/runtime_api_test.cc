#include "stream/runtime_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "base/log.h"
#include "net/client.h"
#include "net/test_peer.h"
#include "net/test_run.h"
#include "stream/lambda_event.h"

namespace cruddur::stream {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Result = InvocationResult;

// A server of the Runtime API, and what runtimes and the mapping do with it.
class RuntimeApiTest : public ::testing::Test {
 protected:
  RuntimeApiTest() { base::ConfigureLog(base::LogLevel::kOff, base::LogFormat::kText); }
  ~RuntimeApiTest() override {
    if (api_) api_->Stop(true);
    if (server_) server_->Stop(0ms);
    loops_.Stop();
  }

  RuntimeApi& api() {
    if (!api_) {
      api_ = std::make_unique<RuntimeApi>(options_);
      server_ = *net::Server::Start(
          loops_, {.limits = RuntimeApi::Limits()},
          [this](const net::Request& request, net::Response& response) {
            return api_->Handle(request, response);
          },
          RuntimeApi::OnProtocolError);
      client_ = std::make_unique<net::HttpClient>(
          net::Origin{.host = "127.0.0.1", .port = server_->port()});
    }
    return *api_;
  }
  std::future<Result> Invoke(std::string id, std::string payload = "{}") {
    api();
    const auto invoke = [](RuntimeApi& api, Invocation invocation) -> base::Task<Result> {
      co_return co_await api.Invoke(invocation);
    };
    return base::asio::co_spawn(loops_.loop(0), invoke(*api_, {std::move(id), std::move(payload)}),
                                base::asio::use_future);
  }
  net::ClientResponse Call(net::ClientRequest request) {
    api();
    request.target = "/2018-06-01/runtime" + request.target;
    auto answer = net::RunOn(loops_.loop(1), client_->Send(request, 30s));
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? *std::move(answer) : net::ClientResponse();
  }
  uint16_t port() {
    api();
    return server_->port();
  }
  net::ClientResponse Next() { return Call({.target = "/invocation/next"}); }
  net::ClientResponse Post(std::string target, std::string body) {
    return Call({.method = "POST", .target = std::move(target), .body = std::move(body)});
  }

  RuntimeApiOptions options_{.name = "t", .function_arn = "arn:aws:lambda:us-east-1:1:function:f"};
  net::LoopPool loops_{2};

 private:
  std::unique_ptr<RuntimeApi> api_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<net::HttpClient> client_;
};

TEST_F(RuntimeApiTest, HandsAnInvocationToTheRuntimeThatPolls) {
  base::ManualClock clock(std::chrono::seconds(1'679'651'101));
  options_.clock = &clock;
  options_.timeout = 30s;
  auto result = Invoke("8476a536-e9f4-11e8-9739-2dfe598c3fcd", R"({"Records":[]})");
  const auto next = Next();
  EXPECT_EQ(next.status, 200);
  EXPECT_EQ(next.body, R"({"Records":[]})");
  EXPECT_EQ(next.Header("Content-Type"), "application/json");
  EXPECT_EQ(next.Header("Lambda-Runtime-Aws-Request-Id"), "8476a536-e9f4-11e8-9739-2dfe598c3fcd");
  EXPECT_EQ(next.Header("Lambda-Runtime-Deadline-Ms"), "1679651131000");
  EXPECT_EQ(next.Header("Lambda-Runtime-Invoked-Function-Arn"), options_.function_arn);
  EXPECT_THAT(
      std::string(next.Header("Lambda-Runtime-Trace-Id")),
      ::testing::MatchesRegex("Root=1-641d711d-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0"));
  const auto accepted =
      Post("/invocation/8476a536-e9f4-11e8-9739-2dfe598c3fcd/response", R"({"done":1})");
  EXPECT_EQ(accepted.status, 202);
  EXPECT_EQ(accepted.body, R"({"status":"OK"})");
  EXPECT_EQ(result.get().value(), R"({"done":1})");
}

TEST_F(RuntimeApiTest, LetsARuntimeWaitForAnInvocation) {
  api();
  auto polled = std::async(std::launch::async, [this] { return Next(); });
  auto result = Invoke("id1", "hello");
  EXPECT_EQ(polled.get().body, "hello");
  EXPECT_EQ(Post("/invocation/id1/response", "").status, 202);
  EXPECT_EQ(result.get().value(), "");
}

TEST_F(RuntimeApiTest, GivesEachInvocationToOneRuntime) {
  auto first = Invoke("id1", "1"), second = Invoke("id2", "2");
  const auto a = Next(), b = Next();
  EXPECT_NE(a.body, b.body);
  Post("/invocation/id2/response", "two");
  Post("/invocation/id1/response", "one");
  EXPECT_EQ(first.get().value(), "one");
  EXPECT_EQ(second.get().value(), "two");
}

TEST_F(RuntimeApiTest, TakesErrorsOfTheFunction) {
  auto result = Invoke("id1");
  Next();
  const auto accepted =
      Post("/invocation/id1/error",
           R"({"errorMessage":"no such table","errorType":"ValueError","stackTrace":["line 1"]})");
  EXPECT_EQ(accepted.status, 202);
  EXPECT_EQ(result.get().error().message, "ValueError: no such table");

  auto with_header = Invoke("id2");
  Next();
  Call({.method = "POST",
        .target = "/invocation/id2/error",
        .headers = {{"Lambda-Runtime-Function-Error-Type", "Runtime.Unhandled"}},
        .body = "not JSON"});
  EXPECT_EQ(with_header.get().error().message, "Runtime.Unhandled");
}

TEST_F(RuntimeApiTest, FailsTheInvocationThatWaitsForARuntimeThatCannotStart) {
  auto result = Invoke("id1");
  // The invocation waits before the runtime fails: it was posted to the same loop.
  net::RunOn(loops_.loop(0), []() -> base::Task<bool> { co_return true; }());
  const auto accepted =
      Post("/init/error", R"({"errorMessage":"no module","errorType":"Runtime.ImportError"})");
  EXPECT_EQ(accepted.status, 202);
  EXPECT_EQ(result.get().error().message, "Runtime.ImportError: no module");
}

TEST_F(RuntimeApiTest, RefusesAnswersToWhatNobodyWaitsFor) {
  auto result = Invoke("id1");
  Next();
  for (const char* target : {"/invocation/other/response", "/invocation/other/error"}) {
    const auto refused = Post(target, "{}");
    EXPECT_EQ(refused.status, 400) << target;
    EXPECT_EQ(refused.body,
              R"({"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"})");
  }
  EXPECT_EQ(Post("/invocation/id1/response", "{}").status, 202);
  EXPECT_EQ(Post("/invocation/id1/response", "{}").status, 400) << "a second answer";
  result.get();
}

TEST_F(RuntimeApiTest, EndsAnInvocationAtItsDeadline) {
  options_.timeout = 20ms;
  auto result = Invoke("id1");
  Next();
  EXPECT_EQ(result.get().error().message, "Task timed out after 0.02 seconds");
  EXPECT_EQ(Post("/invocation/id1/response", "{}").status, 400);
}

TEST_F(RuntimeApiTest, RefusesAnAnswerBeyondSixMegabytes) {
  auto result = Invoke("id1");
  Next();
  const auto refused = Post("/invocation/id1/response", std::string(kMaxPayloadBytes + 1, 'x'));
  EXPECT_EQ(refused.status, 413);
  EXPECT_THAT(refused.body, HasSubstr("RequestEntityTooLarge"));
  EXPECT_THAT(result.get().error().message, HasSubstr("6291456"));
}

TEST_F(RuntimeApiTest, GivesNothingToARuntimeThatIsGone) {
  api();
  for (int i = 0; i < 3; ++i) {
    net::TestPeer gone(port());
    gone.Send("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  auto result = Invoke("id1", "hello");
  EXPECT_EQ(Next().body, "hello");
  Post("/invocation/id1/response", "done");
  EXPECT_EQ(result.get().value(), "done");
}

TEST_F(RuntimeApiTest, FailsWhatARuntimeWasAtThatIsGoneWhenAnotherOneTakesItsPlace) {
  auto first = Invoke("id1");
  std::optional<net::TestPeer> runtime(std::in_place, port());
  const std::string next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: a\r\n\r\n";
  runtime->Send(next);
  EXPECT_THAT(runtime->ReadAnswer(), HasSubstr("Request-Id: id1"));
  runtime->Send(
      "POST /2018-06-01/runtime/invocation/id1/response HTTP/1.1\r\nHost: a\r\n"
      "Content-Length: 0\r\n\r\n");
  EXPECT_THAT(runtime->ReadAnswer(), HasSubstr("202"));
  EXPECT_TRUE(first.get());
  auto second = Invoke("id2");
  runtime->Send(next);
  EXPECT_THAT(runtime->ReadAnswer(), HasSubstr("Request-Id: id2"));
  runtime.reset();
  // When the end of the connection is noticed is the server's affair.
  for (int i = 0; second.wait_for(0s) != std::future_status::ready; ++i) {
    ASSERT_LT(i, 10'000);
    const std::string id = "more" + std::to_string(i);
    auto more = Invoke(id);
    Next();
    Post("/invocation/" + id + "/response", "");
    EXPECT_TRUE(more.get());
  }
  const auto ended = second.get();
  EXPECT_EQ(ended.error().message, "Runtime.ExitError: the runtime ended before it answered");
  EXPECT_TRUE(ended.error().reached);
}

TEST_F(RuntimeApiTest, WaitsForARuntimeThatClosesEachConnection) {
  auto result = Invoke("id1", "hello");
  {
    net::TestPeer runtime(port());
    runtime.Send("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(runtime.ReadAnswer(), HasSubstr("hello"));
  }
  for (const char* id : {"id2", "id3"}) {
    auto other = Invoke(id);
    Next();
    Post(std::string("/invocation/") + id + "/response", "");
    EXPECT_TRUE(other.get());
  }
  EXPECT_EQ(Post("/invocation/id1/response", "late, but there").status, 202);
  EXPECT_EQ(result.get().value(), "late, but there");
}

TEST_F(RuntimeApiTest, AnswersNoWebPage) {
  options_.host = "runtime.example.com";
  auto result = Invoke("id1");
  for (const char* header : {"Origin: http://evil.example", "Sec-Fetch-Site: cross-site"}) {
    net::TestPeer page(port());
    page.Send("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
              std::string(header) + "\r\n\r\n");
    EXPECT_THAT(page.ReadAnswer(), HasSubstr(" 403 ")) << header;
  }
  const auto status = [&](const std::string& host) {
    net::TestPeer page(port());
    page.Send("GET /elsewhere HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return page.ReadAnswer().substr(9, 3);
  };
  EXPECT_EQ(status("evil.example:9001"), "403");
  for (const char* host :
       {"127.0.0.1:9001", "[::1]:9001", "localhost", "cruddur:9001", "a.localhost:9001",
        "host.docker.internal", "Runtime.Example.Com:9001"}) {
    EXPECT_EQ(status(host), "404") << host;
  }
  Next();
  Post("/invocation/id1/response", "");
  EXPECT_TRUE(result.get());
}

TEST_F(RuntimeApiTest, KnowsNoOtherPaths) {
  EXPECT_EQ(Call({.target = "/elsewhere"}).status, 404);
  EXPECT_EQ(Post("/invocation/next", "").status, 405);
}

TEST_F(RuntimeApiTest, StopsWhatWaitsAndThenWhatRuns) {
  auto running = Invoke("id1");
  Next();
  auto polling = std::async(std::launch::async, [this] { return Next(); });
  auto waiting = Invoke("id2");
  // Whichever of the two came first, one of them waits now.
  api().Stop(false);
  const auto polled = polling.get();
  if (polled.status == 500) {
    EXPECT_THAT(polled.body, HasSubstr("Runtime.Stopping"));
    EXPECT_EQ(waiting.get().error().message, "stopping");
  } else {
    EXPECT_EQ(polled.body, "{}");
    Post("/invocation/id2/response", "");
    EXPECT_TRUE(waiting.get());
  }
  EXPECT_EQ(Invoke("id3").get().error().message, "stopping");
  EXPECT_EQ(Next().status, 500);
  api().Stop(true);
  EXPECT_EQ(running.get().error().message, "stopping");
}

}  // namespace
}  // namespace cruddur::stream
