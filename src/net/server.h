// An HTTP/1.1 server: one session coroutine a connection, on the loops of a LoopPool.
//
// Keep-alive, pipelining, Content-Length and chunked request bodies, `Expect: 100-continue`, HEAD.
// Each bound of ServerLimits has its own answer or close; see there. What proxies and servers are
// known to read differently (RFC 9112, section 11) is answered 400 and closed. Pipelined requests
// are handled one after the other; their answers leave together once no whole request is left to
// handle. A request's views are valid until its handler's Task ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "net/http.h"
#include "net/loop_pool.h"

namespace cruddur::net {

struct ServerLimits {
  size_t max_header_bytes = 16 * 1024;  // request line and headers; beyond: 431 and close
  size_t max_body_bytes = 1024 * 1024;  // beyond: 413 and close
  // Of all connections together, of requests that are being read or answered, without those below
  // 64 KB. A request for which there is no more room: 503 and close.
  size_t max_buffered_bytes = 256 * 1024 * 1024;
  std::chrono::milliseconds header_time{10'000};  // first byte to end of headers: 408 and close
  std::chrono::milliseconds body_time{30'000};    // end of headers to end of body: 408 and close
  std::chrono::milliseconds idle_time{
      75'000};  // between requests, and a connection that never speaks
  std::chrono::milliseconds write_time{30'000};  // a peer that doesn't read is dropped
  size_t max_connections = 10'000;  // beyond: accepted and answered 503 at once, then closed
};

struct TlsFiles {
  std::string certificate;  // PEM, the chain
  std::string key;          // PEM
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 0;  // 0: any free port, see Server::port()
  ServerLimits limits;
  std::optional<TlsFiles> tls;
};

// Answers one request by filling `response`. Must not throw; what escapes is logged and answered
// 500. Runs on the connection's loop.
using Handler = std::function<base::Task<void>(const Request& request, Response& response)>;

// What is refused before a handler sees it (a bad request line, a body too large, …) is shaped by
// this, so that each API keeps its own error body. Fills `response`, whose status is set.
using ProtocolErrorHandler = std::function<void(Response& response)>;

class Server {
 public:
  // Binds one SO_REUSEPORT acceptor a loop and starts to accept. An error names host and port.
  static base::Result<std::unique_ptr<Server>> Start(LoopPool& loops, ServerOptions options,
                                                     Handler handler,
                                                     ProtocolErrorHandler on_protocol_error = {});
  virtual ~Server() = default;  // as Stop() with no grace

  virtual uint16_t port() const = 0;
  virtual size_t connections() const = 0;  // without those that were refused

  // Stops accepting, lets requests under way finish (up to `grace`), closes idle connections at
  // once and the rest after it. Blocks until no handler runs any more, however long one takes:
  // handlers bound what they wait for. Call it from a thread that is not a loop's, while the loops
  // run. Idempotent.
  virtual void Stop(std::chrono::milliseconds grace) = 0;
};

}  // namespace cruddur::net
