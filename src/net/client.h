// An HTTP/1.1 client: pooled keep-alive connections per origin, TLS with verified certificates.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"

namespace cruddur::net {

// http://host:port or https://host:port; the port defaults to the scheme's.
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
};

struct ClientResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::string_view Header(std::string_view name) const;  // empty if absent; any case
};

struct ClientOptions {
  size_t max_connections = 64;  // per origin and loop; callers beyond it wait, up to their deadline
  std::chrono::milliseconds connect_time{1'000};
  std::chrono::milliseconds idle_time{20'000};  // a pooled connection is not reused after it
  size_t max_body_bytes = 32 * 1024 * 1024;
};

// One pool for one origin. Thread-safe: each loop has connections of its own. Errors:
// kUnavailable (can't connect, closed early), kDeadlineExceeded, kResourceExhausted (body too
// large).
class HttpClient {
 public:
  HttpClient(Origin origin, ClientOptions options = {});
  ~HttpClient();

  // Runs on the caller's loop. A pooled connection that the peer had already closed is replaced
  // once, silently, when nothing of the answer had arrived and the request can be sent again.
  base::Task<base::Result<ClientResponse>> Send(const ClientRequest& request,
                                                std::chrono::milliseconds deadline);

  const Origin& origin() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cruddur::net
