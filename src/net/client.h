// An HTTP/1.1 client: pooled keep-alive connections per origin, TLS with verified certificates.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/task.h"

namespace cruddur::net {

// http://host:port or https://host:port; the port defaults to the scheme's. IPv6 addresses stand in
// brackets in a URL and without them in `host`.
struct Origin {
  bool tls = false;
  std::string host;
  uint16_t port = 80;

  static base::Result<Origin> Parse(std::string_view url);  // a path other than "/" is refused
  std::string HostHeader() const;  // the port only where it isn't the default
  bool operator==(const Origin&) const = default;
};

struct ClientRequest {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers;  // Host and Content-Length are added
  std::string body;
  // Whether it may reach the server twice. By its method: GET, HEAD, PUT, DELETE and OPTIONS may.
  enum class Repeat { kByMethod, kAllowed, kNever };
  Repeat repeat = Repeat::kByMethod;
};

struct ClientResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::string_view Header(std::string_view name) const;  // empty if absent; any case
};

struct ClientOptions {
  // Per loop. Callers beyond it wait in order, up to their deadline; beyond `max_waiting` they get
  // kResourceExhausted at once.
  size_t max_connections = 64;
  size_t max_waiting = 4096;
  std::chrono::milliseconds connect_time{1'000};  // per address, the name's look-up not counted
  std::chrono::milliseconds idle_time{20'000};    // a pooled connection is not reused after it
  size_t max_body_bytes = 32 * 1024 * 1024;
  std::string ca_file;  // PEM; the system's certificates if empty
};

// One pool for one origin. Thread-safe: each loop has connections of its own; the loops must
// outlive the client. Errors: kInvalidArgument (a request that can't be written), kUnavailable
// (can't connect, closed early, not HTTP), kDeadlineExceeded, kResourceExhausted (body too large,
// too many waiting).
class HttpClient {
 public:
  // Throws when `ca_file` can't be used.
  explicit HttpClient(Origin origin, ClientOptions options = {});
  ~HttpClient();  // requests under way go on; idle connections are closed

  // Runs on the caller's loop. `request` must live until it ends. Where there is no free connection
  // one is made, which goes on when this caller's time is over, for the next one; meanwhile he
  // takes what others give back. A pooled connection that the peer had already closed is replaced
  // silently; one that ends before anything of the answer has come is replaced once if the request
  // had not been sent whole or may be repeated. `sent` tells, for the sake of an error, whether the
  // server may have had the whole request.
  base::Task<base::Result<ClientResponse>> Send(const ClientRequest& request,
                                                std::chrono::milliseconds deadline,
                                                bool* sent = nullptr);

  const Origin& origin() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cruddur::net
