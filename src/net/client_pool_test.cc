// How an HttpClient keeps, shares, replaces and queues for its connections.
#include "net/client_pool.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "net/test_client.h"
#include "net/test_resolver.h"
#include "net/test_scripted_server.h"
#include "net/test_server.h"

namespace cruddur::net {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;

using HttpClientPoolTest = HttpClientFixture;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST_F(HttpClientPoolTest, KeepsItsConnection) {
  TestServer server;
  HttpClient client(Local(server.port()));
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Get(client, "/echo"));
    EXPECT_EQ(server->connections(), 1u);
  }
}

TEST_F(HttpClientPoolTest, ReplacesAPooledConnectionThatThePeerHasClosed) {
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

TEST_F(HttpClientPoolTest, RepeatsOnceWhatMayBeRepeated) {
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
    EXPECT_TRUE(
        Send(client, {.method = "POST", .body = "x", .repeat = ClientRequest::Repeat::kAllowed}));
  }
  {
    HttpClient client(Local(server.port()));
    ASSERT_TRUE(Get(client, "/"));
    const auto second = Send(client, {.method = "POST", .body = "x"});
    ASSERT_FALSE(second) << "a POST was sent twice";
    EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  }
}

TEST_F(HttpClientPoolTest, DoesNotRepeatOnAFreshConnection) {
  ScriptedServer server([&](ScriptedServer::Peer& peer, int) { peer.ReadHeader(); });
  HttpClient client(Local(server.port()));
  EXPECT_FALSE(Get(client, "/"));
  // Connections are taken in turn: a repeat of the first would be counted before the second.
  EXPECT_FALSE(Get(client, "/"));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpClientPoolTest, DropsAConnectionThatSaysMoreThanItsAnswer) {
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

TEST_F(HttpClientPoolTest, QueuesCallersBeyondItsConnections) {
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

TEST_F(HttpClientPoolTest, BoundsItsQueue) {
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

// As over a network, where connecting takes longer than a caller's patience.
TEST_F(HttpClientPoolTest, GoesOnConnectingForWhoComesNext) {
  TestServer server;
  HangingResolver resolver;
  const auto shared = std::make_shared<ClientPool::Shared>();
  shared->origin = {.host = "far.test", .port = server.port()};
  shared->options.max_connections = 1;  // so that the next one can't begin anew
  shared->names = NameLookUp(resolver.ask());
  const auto pool = std::make_shared<ClientPool>(loops_.loop(0), shared);
  const auto acquire = [&](std::chrono::milliseconds patience) {
    return base::asio::co_spawn(
        loops_.loop(0),
        [](std::shared_ptr<ClientPool> pool, SteadyTime deadline) -> base::Task<base::Status> {
          const auto lease = co_await pool->Acquire(deadline, false);
          if (!lease) co_return std::unexpected(lease.error());
          co_return base::Status();
        }(pool, std::chrono::steady_clock::now() + patience),
        base::asio::use_future);
  };
  const auto late = acquire(milliseconds(1)).get();
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kDeadlineExceeded);
  auto next = acquire(kPatient);
  resolver.LetGo();
  const auto found = next.get();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(resolver.asked(), 1);
}

TEST_F(HttpClientPoolTest, RepeatsNothingThatMustNotBe) {
  ScriptedServer server([&](ScriptedServer::Peer& peer, int) {
    peer.ReadHeader();
    peer.Send(kOk);
    peer.ReadHeader();
  });
  HttpClient client(Local(server.port()));
  const ClientRequest put{.method = "PUT", .repeat = ClientRequest::Repeat::kNever};
  ASSERT_TRUE(Send(client, put));
  EXPECT_FALSE(Send(client, put));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientPoolTest, MayEndBeforeItsRequests) {
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

TEST_F(HttpClientPoolTest, HasConnectionsOfItsOwnOnEachLoop) {
  TestServer server;
  LoopPool others(2);
  HttpClient client(Local(server.port()));
  const ClientRequest request{.target = "/echo"};
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(RunOn(others.loop(i % 2), client.Send(request, kPatient)));
  }
  EXPECT_EQ(server->connections(), 2u);
}

}  // namespace
}  // namespace cruddur::net
