#include "net/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/test_client.h"
#include "net/test_scripted_server.h"
#include "net/test_server.h"

namespace cruddur::net {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

using HttpClientTest = HttpClientFixture;

TEST_F(HttpClientTest, SendsARequestAndReadsTheAnswer) {
  TestServer server;
  HttpClient client(Local(server.port()));
  const auto answer = Send(client, {.method = "POST",
                                    .target = "/echo?x=1",
                                    .headers = {{"Content-Type", "text/plain"}},
                                    .body = "hello"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "POST /echo?x=1|hello");
  EXPECT_EQ(answer->Header("content-TYPE"), "text/plain");
  EXPECT_EQ(answer->Header("absent"), "");
}

TEST_F(HttpClientTest, ReadsHeadAndEmptyAnswers) {
  TestServer server;
  HttpClient client(Local(server.port()));
  const auto head = Send(client, {.method = "HEAD", .target = "/bytes?7"});
  ASSERT_TRUE(head);
  EXPECT_EQ(head->Header("Content-Length"), "7");
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(Get(client, "/none")->status, 204);
  EXPECT_EQ(Get(client, "/bytes?3")->body, "bbb");
  EXPECT_EQ(server->connections(), 1u);
}

TEST_F(HttpClientTest, MovesLargeBodiesBothWays) {
  TestServer server;
  HttpClient client(Local(server.port()));
  const std::string body(1'000'000, 'b');
  const auto echo = Send(client, {.method = "PUT", .target = "/echo", .body = body});
  ASSERT_TRUE(echo) << echo.error().message;
  EXPECT_EQ(echo->body, "PUT /echo?|" + body);
}

TEST_F(HttpClientTest, ReadsEveryKindOfBody) {
  const struct {
    std::string_view answer, body;
  } cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nT: "
       "t\r\n\r\n",
       "abc"},
      {"HTTP/1.1 200 OK\r\n\r\nabc", "abc"},  // up to the end of the connection
      {"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc"},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
       "abc"},
      {"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", ""},
  };
  for (const auto& c : cases) {
    ScriptedServer server([&](ScriptedServer::Peer& peer, int) {
      peer.ReadHeader();
      for (const char byte : c.answer) peer.Send({&byte, 1});
    });
    HttpClient client(Local(server.port()));
    const auto answer = Get(client, "/");
    ASSERT_TRUE(answer) << c.answer << answer.error().message;
    EXPECT_EQ(answer->status, 200) << c.answer;
    EXPECT_EQ(answer->body, c.body) << c.answer;
    EXPECT_EQ(answer->Header("T"), "") << "a trailer became a header";
  }
}

TEST_F(HttpClientTest, RefusesAnswersThatAreNone) {
  const struct {
    std::string_view answer;
    ErrorCode code;
  } cases[] = {
      {"", ErrorCode::kUnavailable},
      {"nonsense\r\n\r\n", ErrorCode::kUnavailable},
      {"HTTP/2.0 200 OK\r\n\r\n", ErrorCode::kUnavailable},
      {"HTTP/1.1 99 Low\r\n\r\n", ErrorCode::kUnavailable},
      {"HTTP/1.1 099 Low\r\n\r\n", ErrorCode::kUnavailable},
      {"HTTP/1.1 200 OK\r\nContent-Le", ErrorCode::kUnavailable},
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", ErrorCode::kUnavailable},
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
       ErrorCode::kUnavailable},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", ErrorCode::kUnavailable},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ErrorCode::kUnavailable},
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", ErrorCode::kUnavailable},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", ErrorCode::kResourceExhausted},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n",
       ErrorCode::kResourceExhausted},
  };
  for (const auto& c : cases) {
    ScriptedServer server([&](ScriptedServer::Peer& peer, int) {
      peer.ReadHeader();
      peer.Send(c.answer);
    });
    HttpClient client(Local(server.port()), {.max_body_bytes = 1000});
    const auto answer = Get(client, "/");
    ASSERT_FALSE(answer) << c.answer;
    EXPECT_EQ(answer.error().code, c.code) << c.answer << answer.error().message;
  }
}

TEST_F(HttpClientTest, BoundsWhatHasNoLength) {
  for (const std::string_view head : {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nX: "}) {
    ScriptedServer server([&](ScriptedServer::Peer& peer, int) {
      peer.ReadHeader();
      peer.Send(head);
      for (int i = 0; i < 100; ++i) peer.Send(std::string(10'000, 'x'));
    });
    HttpClient client(Local(server.port()), {.max_body_bytes = 100'000});
    const auto answer = Get(client, "/");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kResourceExhausted) << answer.error().message;
  }
}

// The peer takes a second request on the connection and closes it without a word.
TEST_F(HttpClientTest, KeepsItsDeadlines) {
  ScriptedServer server([&](ScriptedServer::Peer& peer, int connection) {
    peer.ReadHeader();
    if (connection == 1) peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    peer.WaitForEnd();
  });
  HttpClient client(Local(server.port()));
  for (int i = 0; i < 2; ++i) {
    const auto answer = Get(client, "/", milliseconds(50));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kDeadlineExceeded);
  }
}

TEST_F(HttpClientTest, SaysThatNobodyListens) {
  uint16_t port = 0;
  {
    ScriptedServer gone([](ScriptedServer::Peer&, int) {});
    port = gone.port();
  }
  HttpClient client(Local(port));
  const auto answer = Get(client, "/");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("127.0.0.1:" + std::to_string(port)));
}

TEST_F(HttpClientTest, FindsHostsByName) {
  TestServer server;
  HttpClient client({.host = "localhost", .port = server.port()});
  EXPECT_TRUE(Get(client, "/echo"));
  HttpClient nowhere({.host = "no-such-host.invalid"});
  const auto answer = Get(nowhere, "/", milliseconds(5000));
  ASSERT_FALSE(answer);
}

TEST_F(HttpClientTest, WritesNoRequestThatWouldBeTwo) {
  TestServer server;
  HttpClient client(Local(server.port()));
  const ClientRequest cases[] = {
      {.method = "GET /x HTTP/1.1\r\n"},
      {.method = ""},
      {.target = "/a b"},
      {.target = "/a\r\nX: y"},
      {.target = ""},
      {.headers = {{"X", "a\r\nY: b"}}},
      {.headers = {{"X\r\nY", "a"}}},
      {.headers = {{"X: y", "a"}}},
      {.headers = {{"", "a"}}},
  };
  for (const auto& request : cases) {
    const auto answer = Send(client, request);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(server.started(), 0);
}

TEST_F(HttpClientTest, TellsWhetherARequestHadGoneOut) {
  bool sent = true;
  {
    HttpClient client(Local(1));
    EXPECT_FALSE(RunOn(loops_.loop(0), client.Send({}, kPatient, &sent)));
    EXPECT_FALSE(sent);
  }
  ScriptedServer server([](ScriptedServer::Peer& peer, int) { peer.ReadHeader(); });
  HttpClient client(Local(server.port()));
  const ClientRequest request{.method = "POST"};
  EXPECT_FALSE(RunOn(loops_.loop(0), client.Send(request, kPatient, &sent)));
  EXPECT_TRUE(sent);
}

}  // namespace
}  // namespace cruddur::net
