// A server with one constant answer, to measure net::Server beside nginx: see http_constant.sh.
//
// http_constant PORT BYTES [LOOPS]: serves until it is killed.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "net/server.h"

int main(int argc, char** argv) {
  using namespace cruddur;
  if (argc < 3) {
    std::fprintf(stderr, "usage: http_constant PORT BYTES [LOOPS]\n");
    return 2;
  }
  // Blocked before there are threads, so that none of them takes the signal.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);

  const std::string body(std::strtoul(argv[2], nullptr, 10), 'x');
  net::LoopPool loops(argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 1);
  net::ServerOptions options;
  options.port = static_cast<uint16_t>(std::strtoul(argv[1], nullptr, 10));
  auto server = net::Server::Start(
      loops, options, [&](const net::Request&, net::Response& response) -> base::Task<void> {
        response.body = body;
        co_return;
      });
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().message.c_str());
    return 1;
  }
  std::printf("listening on 127.0.0.1:%u\n", (*server)->port());
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
}
