// DynamoDB's HTTP protocol on an Engine: POST with X-Amz-Target, JSON 1.0, AWS's error bodies.
//
// Thread-safe. Reads run inline on the connection's loop; writes wait for the committer and go on
// there. The engine must end before the loops do, and this object lives longer than the server that
// it answers for.
#pragma once

#include <string>

#include "dynamo/authenticator.h"
#include "engine/engine.h"
#include "net/server.h"

namespace cruddur::dynamo {

struct WireServerOptions {
  std::string region = "us-east-1";
  Authenticator* authenticator = nullptr;  // null: any credentials are good
};

class WireServer {
 public:
  explicit WireServer(engine::Engine& engine, WireServerOptions options = {});

  // What net::Server::Start takes.
  base::Task<void> Handle(const net::Request& request, net::Response& response);
  net::Handler handler() {
    return [this](const net::Request& request, net::Response& response) {
      return Handle(request, response);
    };
  }
  static void OnProtocolError(net::Response& response);
  static net::ServerLimits Limits();  // bodies of up to 16 MB

 private:
  engine::Engine& engine_;
  const WireServerOptions options_;
};

}  // namespace cruddur::dynamo
