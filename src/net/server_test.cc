#include "net/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/test_peer.h"
#include "net/test_server.h"

namespace cruddur::net {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kGet = "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n";

std::string Get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

TEST(Server, AnswersAndKeepsTheConnection) {
  TestServer server;
  TestPeer peer(server.port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(peer.Send(Get("/echo?i=" + std::to_string(i))));
    const std::string answer = peer.ReadAnswer();
    EXPECT_EQ(StatusOf(answer), 200);
    EXPECT_EQ(BodyOf(answer), "GET /echo?i=" + std::to_string(i) + "|");
    EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: text/plain\r\n"));
    EXPECT_THAT(answer, ContainsRegex("\r\nDate: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} "
                                      "[0-9]{2}:[0-9]{2}:[0-9]{2} GMT\r\n"));
    EXPECT_THAT(answer, Not(HasSubstr("Connection:")));
  }
  EXPECT_EQ(server->connections(), 1u);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  TestPeer peer(server.port());
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += Get("/echo?" + std::to_string(i));
  requests += "POST /wait?30 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab";
  requests += Get("/echo?last");
  ASSERT_TRUE(peer.Send(requests));
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(BodyOf(peer.ReadAnswer()), "GET /echo?" + std::to_string(i) + "|");
  }
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "POST /wait?30|ab");
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "GET /echo?last|");
}

TEST(Server, AnswersWhatAPipelineHasCompleteBeforeItWaitsForTheRest) {
  TestServer server;
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(Get("/echo?1") + "GET /echo?2 HT"));
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "GET /echo?1|");
  ASSERT_TRUE(peer.Send("TP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "GET /echo?2|");
}

TEST(Server, TakesBodiesOfBothKinds) {
  TestServer server;
  TestPeer peer(server.port());
  const std::string body(300'000, 'b');
  ASSERT_TRUE(peer.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" + body));
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "POST /echo?|" + body);
  ASSERT_TRUE(peer.Send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(peer.Send("3e8\r\n" + body.substr(0, 1000) + "\r\n"));
  }
  ASSERT_TRUE(peer.Send("0\r\n\r\n"));
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "POST /echo?|" + body);
  ASSERT_TRUE(peer.Send(kGet));
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "GET /echo?|");
}

TEST(Server, TellsAPeerThatWaitsToContinue) {
  TestServer server;
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
  EXPECT_EQ(peer.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(peer.Send("abc"));
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "POST /echo?|abc");
}

TEST(Server, RefusesATooLargeBodyWithoutAskingForIt) {
  TestServer server;
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1048577\r\n\r\n"));
  const std::string answer = peer.ReadAll();
  EXPECT_EQ(StatusOf(answer), 413);
  EXPECT_EQ(server.started(), 0);
}

TEST(Server, AnswersHeadWithoutABody) {
  TestServer server;
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send("HEAD /bytes?77 HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_THAT(peer.ReadAnswer(true), HasSubstr("\r\nContent-Length: 77\r\n"));
  ASSERT_TRUE(peer.Send(kGet));
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "GET /echo?|");
}

TEST(Server, GivesNoBodyTo204) {
  TestServer server;
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(Get("/none") + std::string(kGet)));
  const std::string answer = peer.ReadAnswer();
  EXPECT_EQ(StatusOf(answer), 204);
  EXPECT_THAT(answer, Not(HasSubstr("Content-Length")));
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "GET /echo?|");
}

TEST(Server, ClosesWhenEitherSideAsksForIt) {
  TestServer server;
  const struct {
    std::string request;
    bool kept;
  } cases[] = {
      {Get("/close"), false},
      {"GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false},
      {"GET /echo HTTP/1.0\r\n\r\n", false},
      {"GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
  };
  for (const auto& c : cases) {
    TestPeer peer(server.port());
    ASSERT_TRUE(peer.Send(c.request));
    const std::string answer = peer.ReadAnswer();
    EXPECT_EQ(StatusOf(answer), 200) << c.request;
    EXPECT_THAT(answer,
                HasSubstr(c.kept ? "\r\nConnection: keep-alive\r\n" : "\r\nConnection: close\r\n"));
    if (c.kept) {
      ASSERT_TRUE(peer.Send(c.request));
      EXPECT_EQ(StatusOf(peer.ReadAnswer()), 200);
    } else {
      EXPECT_TRUE(peer.Closed()) << c.request;
      EXPECT_FALSE(peer.was_reset());
    }
  }
}

TEST(Server, IgnoresWhatFollowsTheLastRequestAndStillDeliversTheAnswer) {
  TestServer server;
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(Get("/close") + std::string(200'000, 'x')));
  const std::string answers = peer.ReadAll();
  EXPECT_EQ(StatusOf(answers), 200);
  EXPECT_EQ(answers.find("HTTP/1.1", 1), std::string::npos);
  EXPECT_FALSE(peer.was_reset());
  EXPECT_EQ(server.started(), 1);
}

TEST(Server, AnswersAPeerThatHasEndedItsSide) {
  TestServer server;
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(Get("/wait?20") + std::string(kGet)));
  peer.EndSending();
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "GET /wait?20|");
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "GET /echo?|");
  EXPECT_TRUE(peer.Closed());
}

TEST(Server, AnswersAHandlersExceptionWith500AndGoesOn) {
  TestServer server(
      {}, [](Response& response) { response.body = "status " + std::to_string(response.status); });
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(Get("/throw") + std::string(kGet)));
  const std::string answer = peer.ReadAnswer();
  EXPECT_EQ(StatusOf(answer), 500);
  EXPECT_EQ(BodyOf(answer), "status 500");
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "GET /echo?|");
}

TEST(Server, ShapesProtocolErrorsAsItIsTold) {
  TestServer server({}, [](Response& response) {
    response.content_type = "text/x-error";
    response.body = "status " + std::to_string(response.status);
  });
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(std::string(kGet) + "nonsense\r\n\r\n"));
  EXPECT_EQ(StatusOf(peer.ReadAnswer()), 200);
  const std::string answer = peer.ReadAll();
  EXPECT_EQ(StatusOf(answer), 400);
  EXPECT_EQ(BodyOf(answer), "status 400");
  EXPECT_THAT(answer, HasSubstr("text/x-error"));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
}

TEST(Server, TellsTheHandlerThePeersAddress) {
  TestServer server;
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(Get("/remote")));
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "127.0.0.1");
}

TEST(Server, SendsLargeAnswersWhole) {
  TestServer server;
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(Get("/bytes?20000000") + Get("/bytes?3")));
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), std::string(20'000'000, 'b'));
  EXPECT_EQ(BodyOf(peer.ReadAnswer()), "bbb");
}

TEST(Server, SurvivesPeersThatReset) {
  TestServer server;
  for (const std::string& request : {std::string(), std::string("GET /"), Get("/bytes?20000000"),
                                     Get("/wait?5"), Get("/echo")}) {
    TestPeer peer(server.port());
    peer.Send(request);
    peer.Reset();
  }
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(kGet));
  EXPECT_EQ(StatusOf(peer.ReadAnswer()), 200);
}

TEST(Server, RefusesToStartOnATakenPort) {
  TestServer server;
  LoopPool loops(1);
  ServerOptions options;
  options.port = server.port();
  const auto second = Server::Start(
      loops, options, [](const Request&, Response&) -> base::Task<void> { co_return; });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::ErrorCode::kIo);
  EXPECT_THAT(second.error().message,
              HasSubstr("cannot listen on 127.0.0.1:" + std::to_string(server.port())));
}

TEST(Server, RefusesToStartOnAHostThatIsNotOurs) {
  LoopPool loops(1);
  ServerOptions options;
  options.host = "192.0.2.1";  // a documentation address
  const auto started = Server::Start(
      loops, options, [](const Request&, Response&) -> base::Task<void> { co_return; });
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("192.0.2.1"));
}

}  // namespace
}  // namespace cruddur::net
