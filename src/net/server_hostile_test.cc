// What is sent to confuse: every case is refused with its status, nothing behind it is answered,
// the connection ends, and the server goes on. The full table of bytes is in
// request_reader_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/test_peer.h"
#include "net/test_server.h"

namespace cruddur::net {
namespace {

constexpr std::string_view kGet = "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n";
// What a smuggler hides: if the server ever answers it, the two sides disagree.
constexpr std::string_view kHidden = "GET /echo?hidden HTTP/1.1\r\nHost: h\r\n\r\n";

struct Case {
  std::string name, bytes;
  int status;
};

std::vector<Case> Cases() {
  const std::string post = "POST /echo HTTP/1.1\r\nHost: h\r\n";
  return {
      {"both lengths", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"both lengths, turned",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400},
      {"two lengths", post + "Content-Length: 0\r\nContent-Length: 38\r\n\r\n", 400},
      {"a list of lengths", post + "Content-Length: 0, 38\r\n\r\n", 400},
      {"a negative length", post + "Content-Length: -1\r\n\r\n", 400},
      {"a length with a sign", post + "Content-Length: +0\r\n\r\n", 400},
      {"a coding in disguise", post + "Transfer-Encoding: \tchunked\x0b\r\n\r\n0\r\n\r\n", 400},
      {"a coding that is no last one",
       post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400},
      {"a coding that is not ours", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
       501},
      {"a coding under HTTP/1.0",
       "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"a space before the colon", post + "Content-Length : 0\r\n\r\n", 400},
      {"a folded line", post + "X: a\r\n Content-Length: 38\r\n\r\n", 400},
      {"bare line feeds", "GET /echo HTTP/1.1\nHost: h\n\n", 400},
      {"a line feed in a value", post + "X: a\nContent-Length: 38\r\n\r\n", 400},
      {"a carriage return in a value", post + "X: a\rContent-Length: 38\r\n\r\n", 400},
      {"a NUL", post + std::string("X: a\0b\r\n\r\n", 10), 400},
      {"no host", "GET /echo HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"another version", "GET /echo HTTP/3.0\r\nHost: h\r\n\r\n", 505},
      {"no version", "GET /echo\r\n\r\n", 400},
      {"a space in the target", "GET /echo /x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"a byte that no URL has", "GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"a greeting by TLS", std::string("\x16\x03\x01\x00\xa5\x01", 6), 400},
      {"HTTP/2 at once", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"a chunk without a size", post + "Transfer-Encoding: chunked\r\n\r\n\r\n", 400},
      {"a chunk longer than it says",
       post + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", 400},
      {"a chunk that ends in a line feed", post + "Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n",
       400},
      {"an extension over its line's end",
       post + "Transfer-Encoding: chunked\r\n\r\n1;x=\"\r\n\na\r\n0\r\n\r\n", 400},
      {"a length among the trailers",
       post + "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 38\r\n\r\n", 400},
      {"an endless chunk", post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 413},
      {"an endless body", post + "Content-Length: 18446744073709551615\r\n\r\n", 413},
      {"an endless line", "GET /" + std::string(17'000, 'a'), 431},
      {"an endless field", post + "X: " + std::string(17'000, 'a'), 431},
      {"an expectation", post + "Expect: miracles\r\nContent-Length: 0\r\n\r\n", 417},
  };
}

TEST(HostileBytes, AreRefusedAndEndTheConnection) {
  TestServer server;
  for (const Case& c : Cases()) {
    TestPeer peer(server.port());
    peer.Send(c.bytes + std::string(kHidden));
    const std::string answers = peer.ReadAll();
    EXPECT_EQ(StatusOf(answers), c.status) << c.name;
    EXPECT_NE(answers.find("Connection: close\r\n"), std::string::npos) << c.name;
    EXPECT_EQ(answers.find("HTTP/1.1", 1), std::string::npos) << c.name << ": " << answers;
  }
  EXPECT_EQ(server.started(), 0);
  TestPeer peer(server.port());
  ASSERT_TRUE(peer.Send(kGet));
  EXPECT_EQ(StatusOf(peer.ReadAnswer()), 200);
}

TEST(HostileBytes, LeaveTheAnswersBeforeThemAlone) {
  TestServer server;
  for (const Case& c : Cases()) {
    TestPeer peer(server.port());
    peer.Send(std::string(kGet) + c.bytes);
    EXPECT_EQ(StatusOf(peer.ReadAnswer()), 200) << c.name;
    EXPECT_EQ(StatusOf(peer.ReadAll()), c.status) << c.name;
  }
}

TEST(HostileBytes, EndWithTheirConnectionWhenTheyAreCutOff) {
  TestServer server;
  for (const std::string_view part : {"G", "GET / HTTP/1.1\r\nHost:", "\r\n\r",
                                      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab",
                                      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
                                      "chunked\r\n\r\n5\r\nab"}) {
    TestPeer peer(server.port());
    ASSERT_TRUE(peer.Send(part));
    peer.EndSending();
    EXPECT_EQ(peer.ReadAll(), "") << part;
  }
  EXPECT_EQ(server.started(), 0);
}

}  // namespace
}  // namespace cruddur::net
