// What a handler learns of the other end of its connection.
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <optional>

#include "net/server.h"
#include "net/sockets.h"
#include "net/test_peer.h"

namespace cruddur::net {
namespace {

using namespace std::chrono_literals;

// /wait    answers when the peer is gone, or when Release is called
// /watch   answers at once, and is told when the peer is gone
// /before  how many requests came before
class PeerTest : public ::testing::Test {
 protected:
  PeerTest() {
    server_ = *Server::Start(loops_, {}, [this](const Request& request, Response& response) {
      return Handle(request, response);
    });
  }
  ~PeerTest() override {
    server_->Stop(0ms);
    loops_.Stop();
  }
  uint16_t port() const { return server_->port(); }
  bool AwaitGone() { return gone_.get_future().wait_for(30s) == std::future_status::ready; }
  void AwaitWaiting() { ASSERT_EQ(waiting_.get_future().wait_for(30s), std::future_status::ready); }
  void Release() {
    base::asio::post(loops_.loop(0), [this] { timer_->cancel(); });
  }

  std::atomic<int> times_gone_ = 0;

 private:
  base::Task<void> Handle(const Request& request, Response& response) {
    const bool waits = request.path == "/wait";
    if (waits) timer_.emplace(co_await base::asio::this_coro::executor, 24h);
    if (waits || request.path == "/watch") {
      request.peer->WhenGone([this, waits] {
        if (waits) timer_->cancel();
        if (++times_gone_ == 1) gone_.set_value();
      });
    }
    if (waits) {
      waiting_.set_value();
      co_await timer_->async_wait(base::asio::as_tuple(base::kUseTask));
      response.body = request.peer->IsGone() ? "gone" : "there";
    }
    if (request.path == "/before") response.body = std::to_string(request.peer->requests_before());
  }

  std::promise<void> gone_, waiting_;
  LoopPool loops_{1};
  std::optional<Timer> timer_;
  std::unique_ptr<Server> server_;
};

constexpr const char* kWait = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kWatch = "GET /watch HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kBefore = "GET /before HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(PeerTest, TellsAHandlerThatWaitsThatItsPeerIsGone) {
  {
    TestPeer peer(port());
    peer.Send(kWait);
    AwaitWaiting();
  }
  EXPECT_TRUE(AwaitGone());
}

TEST_F(PeerTest, TellsOfAResetToo) {
  TestPeer peer(port());
  peer.Send(kWait);
  AwaitWaiting();
  peer.Reset();
  EXPECT_TRUE(AwaitGone());
}

TEST_F(PeerTest, TellsItAfterTheAnswer) {
  {
    TestPeer peer(port());
    peer.Send(kWatch);
    EXPECT_NE(peer.ReadAnswer(), "");
  }
  EXPECT_TRUE(AwaitGone());
}

TEST_F(PeerTest, IsNotGoneThatSendsTheNextRequest) {
  {
    TestPeer peer(port());
    peer.Send(kWait);
    AwaitWaiting();
    peer.Send(kBefore);
    Release();
    EXPECT_TRUE(peer.ReadAnswer().ends_with("there"));
    EXPECT_TRUE(peer.ReadAnswer().ends_with("\r\n\r\n1"));
    peer.Send(kWatch);
    EXPECT_NE(peer.ReadAnswer(), "");
    peer.Send(kBefore);
    EXPECT_TRUE(peer.ReadAnswer().ends_with("\r\n\r\n3"));
  }
  // The next connection's end is told, that one's wasn't.
  {
    TestPeer peer(port());
    peer.Send(kWatch);
    EXPECT_NE(peer.ReadAnswer(), "");
  }
  EXPECT_TRUE(AwaitGone());
  EXPECT_EQ(times_gone_, 1);
}

TEST_F(PeerTest, IsNotGoneWhereThisEndClosesTheConnection) {
  TestPeer peer(port());
  peer.Send("GET /watch HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_NE(peer.ReadAll(), "");
  TestPeer next(port());
  next.Send(kBefore);
  EXPECT_TRUE(next.ReadAnswer().ends_with("\r\n\r\n0"));
  EXPECT_EQ(times_gone_, 0);
}

}  // namespace
}  // namespace cruddur::net
