#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "net/test_peer.h"
#include "net/test_server.h"

namespace cruddur::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr std::string_view kGet = "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n";

void WaitFor(auto condition) {
  while (!condition()) std::this_thread::sleep_for(milliseconds(1));
}

TEST(ServerStop, ClosesIdleConnectionsAtOnce) {
  TestServer server;
  TestPeer silent(server.port()), spoke(server.port());
  ASSERT_TRUE(spoke.Send(kGet));
  EXPECT_EQ(StatusOf(spoke.ReadAnswer()), 200);
  WaitFor([&] { return server->connections() == 2; });
  server->Stop(std::chrono::hours(1));
  EXPECT_EQ(server->connections(), 0u);
  EXPECT_TRUE(silent.Closed());
  EXPECT_TRUE(spoke.Closed());
}

TEST(ServerStop, LetsRequestsUnderWayFinish) {
  TestServer server;
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send("GET /wait?100 HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(kGet)));
  WaitFor([&] { return server.started() == 1; });
  server->Stop(std::chrono::hours(1));
  const std::string answer = peer.ReadAll();
  EXPECT_THAT(answer, HasSubstr("GET /wait?100|"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_EQ(answer.find("/echo"), std::string::npos) << "answered more than what was under way";
}

TEST(ServerStop, CutsOffWhatDoesNotFinish) {
  TestServer server;
  TestPeer half(server.port()), slow(server.port());
  ASSERT_TRUE(half.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab"));
  ASSERT_TRUE(slow.Send("GET /wait?200 HTTP/1.1\r\nHost: h\r\n\r\n"));
  WaitFor([&] { return server.started() == 1 && server->connections() == 2; });
  server->Stop(milliseconds(1));
  EXPECT_EQ(server->connections(), 0u);
  EXPECT_EQ(server.handled(), 1) << "Stop returned while a handler ran";
  EXPECT_EQ(half.ReadAll(), "");
  EXPECT_EQ(slow.ReadAll(), "");
}

TEST(ServerStop, TakesNoFurtherConnections) {
  TestServer server;
  const uint16_t port = server.port();
  server->Stop(seconds(1));
  server->Stop(seconds(1));
  EXPECT_THROW(TestPeer peer(port), std::runtime_error);
}

TEST(ServerStop, LeavesThePortToTheNextServer) {
  ServerOptions options;
  for (int i = 0; i < 3; ++i) {
    TestServer server(options);
    options.port = server.port();
    TestPeer peer(server.port());
    ASSERT_TRUE(peer.Send(kGet));
    EXPECT_EQ(StatusOf(peer.ReadAnswer()), 200);
  }
}

// Every request that a handler has begun is answered whole, whenever the stop comes.
TEST(ServerStop, LosesNoAnswerUnderLoad) {
  for (int round = 0; round < 10; ++round) {
    std::optional<TestServer> server(std::in_place);
    std::atomic<int> answers = 0, torn = 0;
    std::vector<std::thread> clients;
    for (int c = 0; c < 8; ++c) {
      clients.emplace_back([&, port = server->port(), c] {
        try {
          for (;;) {
            TestPeer peer(port);
            for (int i = 0; i < 50; ++i) {
              const std::string n = std::to_string(c * 1000 + i);
              if (!peer.Send("GET /wait?1 HTTP/1.1\r\nHost: h\r\nX: " + n + "\r\n\r\n")) break;
              const std::string answer = peer.ReadAnswer();
              if (answer.empty()) break;
              BodyOf(answer) == "GET /wait?1|" ? ++answers : ++torn;
            }
          }
        } catch (const std::runtime_error&) {  // no further connections
        }
      });
    }
    WaitFor([&] { return answers > 20; });
    (*server)->Stop(std::chrono::hours(1));
    const int handled = server->handled();
    EXPECT_EQ(handled, server->started());
    for (auto& client : clients) client.join();
    EXPECT_EQ(torn, 0);
    EXPECT_EQ(answers, handled);
  }
}

TEST(ServerStop, IsWhatTheDestructorDoes) {
  std::optional<TestServer> server(std::in_place);
  TestPeer peer(server->port());
  ASSERT_TRUE(peer.Send("GET /wait?50 HTTP/1.1\r\nHost: h\r\n\r\n"));
  WaitFor([&] { return server->started() == 1; });
  server.reset();
  EXPECT_EQ(peer.ReadAll(), "");
}

}  // namespace
}  // namespace cruddur::net
