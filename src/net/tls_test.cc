// TLS on both sides: the server under a certificate made here, the client that checks it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "net/client.h"
#include "net/test_certificate.h"
#include "net/test_peer.h"
#include "net/test_run.h"
#include "net/test_server.h"

namespace cruddur::net {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr milliseconds kPatient{20'000};

class TlsTest : public ::testing::Test {
 protected:
  ServerOptions Options() {
    ServerOptions options;
    options.tls = certificate_.files();
    return options;
  }
  Origin Named(std::string host, uint16_t port) {
    return {.tls = true, .host = std::move(host), .port = port};
  }
  ClientOptions Trusting() { return {.ca_file = certificate_.certificate_file()}; }
  base::Result<ClientResponse> Send(HttpClient& client, const ClientRequest& request) {
    return RunOn(loops_.loop(0), client.Send(request, kPatient));
  }

  TestCertificate certificate_{"DNS:localhost,IP:127.0.0.1"};
  LoopPool loops_{1};
};

TEST_F(TlsTest, ServesManyRequestsOnAConnection) {
  TestServer server(Options());
  HttpClient client(Named("localhost", server.port()), Trusting());
  for (int i = 0; i < 5; ++i) {
    const std::string body(static_cast<size_t>(i) * 50'000, 'b');
    const auto answer = Send(client, {.method = "POST", .target = "/echo", .body = body});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "POST /echo?|" + body);
  }
  EXPECT_EQ(server->connections(), 1u);
}

TEST_F(TlsTest, SendsLargeAnswersWhole) {
  TestServer server(Options());
  HttpClient client(Named("127.0.0.1", server.port()), Trusting());
  const auto answer = Send(client, {.target = "/bytes?5000000"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, std::string(5'000'000, 'b'));
}

TEST_F(TlsTest, ClosesWhenItSaidSo) {
  TestServer server(Options());
  HttpClient client(Named("localhost", server.port()), Trusting());
  EXPECT_EQ(Send(client, {.target = "/close"})->status, 200);
  EXPECT_EQ(Send(client, {.target = "/echo"})->status, 200);
  EXPECT_EQ(Send(client, {.method = "P(ST", .target = "/echo"})->status, 400);
}

TEST_F(TlsTest, TrustsNoUnknownCertificate) {
  TestServer server(Options());
  HttpClient client(Named("localhost", server.port()));  // the system's certificates
  const auto answer = Send(client, {.target = "/echo"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("certificate verify failed"));
  EXPECT_EQ(server.started(), 0);
}

TEST_F(TlsTest, TrustsNoCertificateOfAnotherHost) {
  TestCertificate other("DNS:example.org,IP:192.0.2.1");
  ServerOptions options;
  options.tls = other.files();
  TestServer server(options);
  for (const auto host : {"localhost", "127.0.0.1"}) {
    HttpClient client(Named(host, server.port()), {.ca_file = other.certificate_file()});
    const auto answer = Send(client, {.target = "/echo"});
    ASSERT_FALSE(answer) << host;
    EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  }
  EXPECT_EQ(server.started(), 0);
}

TEST_F(TlsTest, DropsWhoDoesNotSpeakIt) {
  ServerOptions options = Options();
  options.limits.header_time = milliseconds(60);
  TestServer server(options);
  TestPeer plain(server.port()), silent(server.port());
  plain.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(StatusOf(plain.ReadAll()), 0);
  silent.ReadAll();
  HttpClient client(Named("localhost", server.port()), Trusting());
  EXPECT_TRUE(Send(client, {.target = "/echo"}));
}

TEST_F(TlsTest, StopsWithConnectionsOpen) {
  TestServer server(Options());
  HttpClient client(Named("localhost", server.port()), Trusting());
  EXPECT_TRUE(Send(client, {.target = "/echo"}));
  TestPeer silent(server.port());
  while (server->connections() < 2) std::this_thread::yield();
  server->Stop(std::chrono::hours(1));
  EXPECT_FALSE(Send(client, {.target = "/echo"}));
}

TEST_F(TlsTest, RefusesToStartWithFilesItCannotUse) {
  LoopPool loops(1);
  TestCertificate other("DNS:localhost");
  const auto handler = [](const Request&, Response&) -> base::Task<void> { co_return; };
  const auto start = [&](std::string certificate, std::string key) {
    ServerOptions options;
    options.tls = TlsFiles{std::move(certificate), std::move(key)};
    auto server = Server::Start(loops, options, handler);
    return server ? std::string("started") : server.error().message;
  };
  EXPECT_THAT(start("/absent.pem", certificate_.key_file()), HasSubstr("/absent.pem"));
  EXPECT_THAT(start(certificate_.certificate_file(), "/absent.key"), HasSubstr("/absent.key"));
  EXPECT_THAT(start(certificate_.certificate_file(), certificate_.certificate_file()),
              HasSubstr("cannot use the TLS key"));
  EXPECT_THAT(start(certificate_.certificate_file(), other.key_file()),
              HasSubstr("cannot use the TLS key"));
  EXPECT_THROW(HttpClient(Named("h", 1), {.ca_file = "/absent.pem"}), std::runtime_error);
}

}  // namespace
}  // namespace cruddur::net
