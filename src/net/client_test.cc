#include "net/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "net/test_run.h"
#include "net/test_scripted_server.h"
#include "net/test_server.h"

namespace cruddur::net {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr milliseconds kPatient{20'000};

Origin Local(uint16_t port) { return {.host = "127.0.0.1", .port = port}; }

class HttpClientTest : public ::testing::Test {
 protected:
  base::Result<ClientResponse> Send(HttpClient& client, const ClientRequest& request,
                                    milliseconds deadline = kPatient) {
    return RunOn(loops_.loop(0), client.Send(request, deadline));
  }
  base::Result<ClientResponse> Get(HttpClient& client, std::string target,
                                   milliseconds deadline = kPatient) {
    return Send(client, {.target = std::move(target)}, deadline);
  }

  LoopPool loops_{1};
};

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

TEST_F(HttpClientTest, KeepsItsConnection) {
  TestServer server;
  HttpClient client(Local(server.port()));
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Get(client, "/echo"));
    EXPECT_EQ(server->connections(), 1u);
  }
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

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST_F(HttpClientTest, ReplacesAPooledConnectionThatThePeerHasClosed) {
  ScriptedServer server([&](ScriptedServer::Peer& peer, int connection) {
    peer.ReadHeader();
    peer.Send(kOk);
    if (connection == 0) return;
    peer.WaitForEnd();
  });
  HttpClient client(Local(server.port()));
  ASSERT_TRUE(Get(client, "/"));
  while (server.closed() < 1) std::this_thread::yield();
  const auto second = Send(client, {.method = "POST", .body = "x"});
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->body, "ok");
}

// The peer takes a second request on the connection and closes it without a word.
TEST_F(HttpClientTest, RepeatsOnceWhatMayBeRepeated) {
  ScriptedServer server([&](ScriptedServer::Peer& peer, int connection) {
    peer.ReadHeader();
    peer.Send(kOk);
    if (connection % 2 == 0) {
      peer.ReadHeader();
      return;
    }
    peer.WaitForEnd();
  });
  {
    HttpClient client(Local(server.port()));
    ASSERT_TRUE(Get(client, "/"));
    const auto second = Get(client, "/");
    ASSERT_TRUE(second) << second.error().message;
  }
  {
    HttpClient client(Local(server.port()));
    ASSERT_TRUE(Get(client, "/"));
    EXPECT_TRUE(Send(client, {.method = "POST", .body = "x", .repeatable = true}));
  }
  {
    HttpClient client(Local(server.port()));
    ASSERT_TRUE(Get(client, "/"));
    const auto second = Send(client, {.method = "POST", .body = "x"});
    ASSERT_FALSE(second) << "a POST was sent twice";
    EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  }
}

TEST_F(HttpClientTest, DoesNotRepeatOnAFreshConnection) {
  ScriptedServer server([&](ScriptedServer::Peer& peer, int) { peer.ReadHeader(); });
  HttpClient client(Local(server.port()));
  EXPECT_FALSE(Get(client, "/"));
  // Connections are taken in turn: a repeat of the first would be counted before the second.
  EXPECT_FALSE(Get(client, "/"));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpClientTest, DropsAConnectionThatSaysMoreThanItsAnswer) {
  ScriptedServer server([&](ScriptedServer::Peer& peer, int connection) {
    peer.ReadHeader();
    peer.Send(std::string(kOk) + (connection == 0 ? "HTTP/1.1 200 OK\r\n\r\nevil" : ""));
    peer.WaitForEnd();
  });
  HttpClient client(Local(server.port()));
  EXPECT_EQ(Get(client, "/")->body, "ok");
  EXPECT_EQ(Get(client, "/")->body, "ok") << "took what was behind the first answer";
  EXPECT_EQ(server.connections(), 2);
}

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

TEST_F(HttpClientTest, QueuesCallersBeyondItsConnections) {
  TestServer server;
  HttpClient client(Local(server.port()), {.max_connections = 2});
  std::vector<std::future<base::Result<ClientResponse>>> answers;
  const ClientRequest request{.target = "/wait?5"};
  for (int i = 0; i < 20; ++i) {
    answers.push_back(base::asio::co_spawn(loops_.loop(0), client.Send(request, kPatient),
                                           base::asio::use_future));
  }
  for (auto& answer : answers) EXPECT_TRUE(answer.get());
  EXPECT_EQ(server->connections(), 2u);
  EXPECT_EQ(server.handled(), 20);
}

TEST_F(HttpClientTest, BoundsItsQueue) {
  TestServer server;
  HttpClient client(Local(server.port()), {.max_connections = 1, .max_waiting = 1});
  const ClientRequest slow{.target = "/wait?300"};
  auto first =
      base::asio::co_spawn(loops_.loop(0), client.Send(slow, kPatient), base::asio::use_future);
  auto second = base::asio::co_spawn(loops_.loop(0), client.Send(slow, milliseconds(30)),
                                     base::asio::use_future);
  const auto third = Send(client, slow);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::kResourceExhausted);
  const auto waited = second.get();
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, ErrorCode::kDeadlineExceeded);
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(Get(client, "/echo")) << "a caller that gave up took the place with it";
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

TEST_F(HttpClientTest, MayEndBeforeItsRequests) {
  TestServer server;
  const ClientRequest request{.target = "/wait?50"};
  std::future<base::Result<ClientResponse>> answer;
  {
    HttpClient client(Local(server.port()));
    answer = base::asio::co_spawn(loops_.loop(0), client.Send(request, kPatient),
                                  base::asio::use_future);
    while (server.started() == 0) std::this_thread::yield();
  }
  EXPECT_TRUE(answer.get());
  while (server->connections() > 0) std::this_thread::yield();
}

TEST_F(HttpClientTest, HasConnectionsOfItsOwnOnEachLoop) {
  TestServer server;
  LoopPool others(2);
  HttpClient client(Local(server.port()));
  const ClientRequest request{.target = "/echo"};
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(RunOn(others.loop(i % 2), client.Send(request, kPatient)));
  }
  EXPECT_EQ(server->connections(), 2u);
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

TEST(Origin, ParsesAddresses) {
  const struct {
    std::string_view url;
    Origin origin;
    std::string_view host_header;
  } cases[] = {
      {"http://localhost:8000", {false, "localhost", 8000}, "localhost:8000"},
      {"http://localhost/", {false, "localhost", 80}, "localhost"},
      {"https://dynamodb.eu-west-1.amazonaws.com",
       {true, "dynamodb.eu-west-1.amazonaws.com", 443},
       "dynamodb.eu-west-1.amazonaws.com"},
      {"https://h:80", {true, "h", 80}, "h:80"},
      {"http://[::1]:8000", {false, "::1", 8000}, "[::1]:8000"},
      {"http://[::1]/", {false, "::1", 80}, "[::1]"},
  };
  for (const auto& c : cases) {
    const auto origin = Origin::Parse(c.url);
    ASSERT_TRUE(origin) << c.url;
    EXPECT_EQ(*origin, c.origin) << c.url;
    EXPECT_EQ(origin->HostHeader(), c.host_header);
  }
  for (const std::string_view bad :
       {"", "localhost:8000", "ftp://h", "http://", "http:///", "http://h/path", "http://h?q",
        "http://u@h", "http://h:", "http://h:0", "http://h:65536", "http://h:80x", "http://h:-1",
        "http://[::1", "http://[]", "http://[::1]x", "http://a b", "http://h:80:80", "HTTP://h"}) {
    const auto origin = Origin::Parse(bad);
    ASSERT_FALSE(origin) << bad;
    EXPECT_EQ(origin.error().code, ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace cruddur::net
