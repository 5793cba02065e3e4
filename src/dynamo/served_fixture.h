// Of the tests: an engine served over real sockets.
#pragma once

#include <memory>
#include <string>

#include "dynamo/wire_server.h"
#include "engine/engine.h"
#include "net/loop_pool.h"
#include "net/server.h"
#include "net/test_peer.h"

namespace cruddur::dynamo {

class Served {
 public:
  explicit Served(std::unique_ptr<engine::Engine> engine, WireServerOptions options = {})
      : engine_(std::move(engine)), wire_(*engine_, options) {
    server_ = net::Server::Start(loops_, {.limits = WireServer::Limits()}, wire_.handler(),
                                 WireServer::OnProtocolError)
                  .value();
  }
  explicit Served(WireServerOptions options = {})
      : Served(engine::Engine::Open({.in_memory = true}).value(), options) {}
  ~Served() {
    server_->Stop(std::chrono::milliseconds(100));
    engine_.reset();
    loops_.Stop();
  }

  engine::Engine& engine() { return *engine_; }
  uint16_t port() const { return server_->port(); }
  std::string Answer(std::string_view request) {
    net::TestPeer peer(port());
    peer.Send(request);
    return peer.ReadAnswer();
  }

 private:
  net::LoopPool loops_{2};
  std::unique_ptr<engine::Engine> engine_;
  WireServer wire_;
  std::unique_ptr<net::Server> server_;
};

}  // namespace cruddur::dynamo
