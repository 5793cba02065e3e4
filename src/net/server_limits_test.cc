// Peers that are slow, silent, too large or too many. Limits are short here; no test says how long
// anything takes, only that it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <thread>

#include "net/test_peer.h"
#include "net/test_server.h"

namespace cruddur::net {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr std::string_view kGet = "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr milliseconds kShort{60};
constexpr milliseconds kLong{60'000};

ServerOptions Times(milliseconds header, milliseconds body, milliseconds idle, milliseconds write) {
  ServerOptions options;
  options.limits.header_time = header;
  options.limits.body_time = body;
  options.limits.idle_time = idle;
  options.limits.write_time = write;
  return options;
}

TEST(ServerLimits, ClosesAConnectionThatNeverSpeaks) {
  TestServer server(Times(kLong, kLong, kShort, kLong));
  TestPeer peer(server.port());
  EXPECT_EQ(peer.ReadAll(), "");
}

TEST(ServerLimits, ClosesAConnectionThatStaysIdleBetweenRequests) {
  TestServer server(Times(kLong, kLong, kShort, kLong));
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(kGet));
  EXPECT_EQ(StatusOf(peer.ReadAnswer()), 200);
  EXPECT_EQ(peer.ReadAll(), "");
}

TEST(ServerLimits, AnswersABodyForWhichThereIsNoRoomWith503) {
  ServerOptions options = Times(kLong, kLong, kLong, kLong);
  options.limits.max_body_bytes = 4'000'000;
  options.limits.max_buffered_bytes = 3'000'000;
  TestServer server(options);
  const std::string body(1'000'000, 'x');
  const std::string fixed =
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000001\r\n\r\n" + body;
  const std::string chunked =
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nf4240\r\n" + body;
  {
    // Two wait for their last byte, one of each kind; more are refused until one has been answered.
    TestPeer first(server.port()), second(server.port());
    ASSERT_TRUE(first.Send(fixed));
    ASSERT_TRUE(second.Send(chunked));
    bool refused = false;
    for (int i = 0; i < 1000 && !refused; ++i) {
      TestPeer third(server.port());
      third.Send(fixed + "x");
      refused = StatusOf(third.ReadAnswer()) == 503;
    }
    EXPECT_TRUE(refused);
    ASSERT_TRUE(first.Send("x"));
    EXPECT_EQ(StatusOf(first.ReadAnswer()), 200);
    ASSERT_TRUE(second.Send("\r\n0\r\n\r\n"));
    EXPECT_EQ(StatusOf(second.ReadAnswer()), 200);
  }
  // What they held has been given back, also by those that were refused.
  for (int i = 0; i < 5; ++i) {
    TestPeer peer(server.port());
    ASSERT_TRUE(peer.Send(fixed + "x"));
    EXPECT_EQ(StatusOf(peer.ReadAnswer()), 200) << i;
  }
}

// Sends `bytes` one at a time, over and over, until the server has had enough.
std::string Trickle(TestPeer& peer, std::string_view bytes) {
  std::jthread sender([&](std::stop_token stop) {
    for (size_t i = 0; !stop.stop_requested(); ++i) {
      if (!peer.Send(bytes.substr(i % bytes.size(), 1))) return;
      std::this_thread::sleep_for(milliseconds(2));
    }
  });
  return peer.ReadAll();
}

TEST(ServerLimits, AnswersAHeaderThatNeverEndsWith408) {
  TestServer server(Times(kShort, kLong, kLong, kLong));
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send("GET / HTTP/1.1\r\n"));
  const std::string answer = Trickle(peer, "X-Slow: loris\r\n");
  EXPECT_EQ(StatusOf(answer), 408);
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
}

TEST(ServerLimits, CountsTheTimeOfTheSecondHeaderAfresh) {
  TestServer server(Times(kShort, kLong, kLong, kLong));
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(std::string(kGet) + "GET / HT"));
  EXPECT_EQ(StatusOf(peer.ReadAnswer()), 200);
  EXPECT_EQ(StatusOf(peer.ReadAll()), 408);
}

TEST(ServerLimits, AnswersABodyThatNeverEndsWith408) {
  TestServer server(Times(kLong, kShort, kLong, kLong));
  TestPeer fixed(server.port()), chunked(server.port());
  ASSERT_TRUE(fixed.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n"));
  EXPECT_EQ(StatusOf(Trickle(fixed, "x")), 408);
  ASSERT_TRUE(chunked.Send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  EXPECT_EQ(StatusOf(Trickle(chunked, "1\r\nx\r\n")), 408);
  EXPECT_EQ(server.started(), 0);
}

TEST(ServerLimits, DropsAPeerThatDoesNotRead) {
  TestServer server(Times(kLong, kLong, kLong, kShort));
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send("GET /bytes?50000000 HTTP/1.1\r\nHost: h\r\n\r\n"));
  while (server->connections() == 0 || server.handled() == 0) std::this_thread::yield();
  while (server->connections() > 0) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_LT(peer.ReadAll().size(), 50'000'000u);
}

TEST(ServerLimits, LetsAHandlerTakeLongerThanAnyOfThem) {
  TestServer server(Times(kShort, kShort, kShort, kShort));
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send("GET /wait?300 HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(StatusOf(peer.ReadAnswer()), 200);
}

TEST(ServerLimits, RefusesAHeaderThatIsTooLarge) {
  TestServer server;
  TestPeer peer(server.port());
  peer.Send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20'000, 'x'));
  EXPECT_EQ(StatusOf(peer.ReadAll()), 431);
}

TEST(ServerLimits, DeliversTheRefusalOfABodyThatIsAlreadyOnItsWay) {
  TestServer server;
  TestPeer peer(server.port());
  // Ten megabytes, which the server does not want: the answer must not be lost to a reset.
  ASSERT_TRUE(peer.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000\r\n\r\n"));
  ASSERT_TRUE(peer.Send(std::string(10'000'000, 'x')));
  EXPECT_EQ(StatusOf(peer.ReadAll()), 413);
  EXPECT_FALSE(peer.was_reset());
  EXPECT_EQ(server.started(), 0);
}

TEST(ServerLimits, RefusesAChunkedBodyThatGrowsTooLarge) {
  TestServer server;
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  const std::string chunk = "10000\r\n" + std::string(65'536, 'x') + "\r\n";
  for (int i = 0; i < 17; ++i) peer.Send(chunk);
  EXPECT_EQ(StatusOf(peer.ReadAll()), 413);
  EXPECT_EQ(server.started(), 0);
}

TEST(ServerLimits, TakesABodyOfExactlyTheLimit) {
  TestServer server;
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\n\r\n" +
                        std::string(1'048'576, 'x')));
  EXPECT_EQ(BodyOf(peer.ReadAnswer()).size(), 1'048'576u + std::string("POST /echo?|").size());
}

TEST(ServerLimits, Answers503BeyondTheLastConnection) {
  ServerOptions options;
  options.limits.max_connections = 2;
  TestServer server(options);
  TestPeer first(server.port()), second(server.port());
  for (TestPeer* peer : {&first, &second}) {
    ASSERT_TRUE(peer->Send(kGet));
    EXPECT_EQ(StatusOf(peer->ReadAnswer()), 200);
  }
  {
    TestPeer third(server.port());
    third.Send(kGet);
    EXPECT_EQ(StatusOf(third.ReadAll()), 503);
  }
  first.Reset();
  while (server->connections() > 1) std::this_thread::yield();
  TestPeer fourth(server.port());
  ASSERT_TRUE(fourth.Send(kGet));
  EXPECT_EQ(StatusOf(fourth.ReadAnswer()), 200);
}

// Takes every file descriptor that the process may have, but for what it is told to leave.
class DescriptorShortage {
 public:
  DescriptorShortage() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit low{.rlim_cur = 256, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &low);
    TakeAll();
  }
  ~DescriptorShortage() {
    for (const int fd : taken_) ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  void TakeAll() {
    for (int fd; (fd = ::dup(2)) >= 0;) taken_.push_back(fd);
  }
  void LeaveOne() {
    ::close(taken_.back());
    taken_.pop_back();
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST(ServerLimits, OutlivesAShortageOfDescriptors) {
#if __has_feature(undefined_behavior_sanitizer)
  GTEST_SKIP() << "UBSan needs a descriptor of its own for its first look at an object";
#endif
  TestServer server({}, {}, 1);
  {
    // So that nothing is left that the server opens for a moment at its first request.
    TestPeer first(server.port());
    ASSERT_TRUE(first.Send(kGet));
    EXPECT_EQ(StatusOf(first.ReadAnswer()), 200);
  }
  while (server->connections() > 0) std::this_thread::yield();
  {
    DescriptorShortage shortage;
    shortage.LeaveOne();
    TestPeer peer(server.port());  // takes the last one: the server has none to accept with
    shortage.TakeAll();
    ASSERT_TRUE(peer.Send(kGet));
    std::this_thread::sleep_for(milliseconds(50));
    EXPECT_EQ(server->connections(), 0u);
    shortage.LeaveOne();
    EXPECT_EQ(StatusOf(peer.ReadAnswer()), 200);
  }
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(kGet));
  EXPECT_EQ(StatusOf(peer.ReadAnswer()), 200);
}

}  // namespace
}  // namespace cruddur::net
