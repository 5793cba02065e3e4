// For tests: a server on two loops whose answers show what the handler was given.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <memory>
#include <stdexcept>
#include <string>

#include "net/server.h"
#include "net/sockets.h"

namespace cruddur::net {

// /echo        METHOD path?query|body
// /throw       an exception
// /close       asks for the end of the connection
// /bytes?N     N bytes
// /wait?N      answers after N milliseconds
// /remote      the peer's address
// /none        status 204
class TestServer {
 public:
  explicit TestServer(ServerOptions options = {}, ProtocolErrorHandler on_error = {},
                      size_t loops = 2)
      : loops_(loops) {
    auto started = Server::Start(
        loops_, std::move(options),
        [this](const Request& request, Response& response) { return Handle(request, response); },
        std::move(on_error));
    if (!started) throw std::runtime_error(started.error().message);
    server_ = *std::move(started);
  }

  Server& operator*() { return *server_; }
  Server* operator->() { return server_.get(); }
  uint16_t port() const { return server_->port(); }
  LoopPool& loops() { return loops_; }
  int handled() const { return handled_; }
  int started() const { return started_; }

 private:
  base::Task<void> Handle(const Request& request, Response& response) {
    ++started_;
    response.content_type = "text/plain";
    if (request.path == "/throw") throw std::runtime_error("expected by a test");
    if (request.path == "/close") response.close = true;
    if (request.path == "/none") response.status = 204;
    if (request.path == "/bytes") response.body.assign(std::stoul(std::string(request.query)), 'b');
    if (request.path == "/remote") response.body = request.remote_address;
    if (request.path == "/wait") {
      Timer timer(co_await base::asio::this_coro::executor,
                  std::chrono::milliseconds(std::stoul(std::string(request.query))));
      co_await timer.async_wait(base::kUseTask);
    }
    if (request.path == "/echo" || request.path == "/wait") {
      response.body.append(request.method).append(" ").append(request.path).append("?");
      response.body.append(request.query).append("|").append(request.body);
    }
    ++handled_;
  }

  std::atomic<int> handled_ = 0, started_ = 0;
  LoopPool loops_;
  std::unique_ptr<Server> server_;  // ends before the loops do
};

}  // namespace cruddur::net
