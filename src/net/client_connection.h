// One connection of an HttpClient. Used on its loop's thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "net/client.h"
#include "net/sockets.h"
#include "net/tls.h"

namespace cruddur::net {

class ClientConnection : public std::enable_shared_from_this<ClientConnection> {
 public:
  // `tls` is null for plain HTTP. `origin`, `options` and `tls` must outlive the connection.
  ClientConnection(base::Loop& loop, const Origin& origin, const ClientOptions& options,
                   TlsContext* tls);

  // Tries each address of the host in turn, then greets by TLS.
  base::Task<base::Status> Connect(SteadyTime deadline);

  struct Outcome {
    base::Result<ClientResponse> response;
    bool untouched = false;  // nothing of an answer has come
    bool sent = false;       // all of the request has gone out
    bool reusable = false;
  };
  base::Task<Outcome> Exchange(std::string_view request, bool head, SteadyTime deadline);

  // False once the peer has closed it, or has said something that nobody asked for.
  bool StillOpen();

  SteadyTime last_used{};

 private:
  using Endpoints = std::vector<Tcp::endpoint>;
  using ReadResult = std::pair<boost::system::error_code, size_t>;

  base::Task<base::Result<Endpoints>> Resolve(SteadyTime deadline);
  base::Task<base::Status> ConnectTo(const Tcp::endpoint& endpoint, SteadyTime deadline);
  base::Task<base::Status> Greet(SteadyTime deadline);
  base::Task<boost::system::error_code> Write(std::string_view bytes);
  base::Task<ReadResult> Read();
  base::Task<base::Result<ClientResponse>> ReadAnswer(bool head, Outcome& outcome);

  void Arm(SteadyTime deadline);  // closes the socket when the time has come
  void Disarm();
  base::Error Explain(std::string_view what, const boost::system::error_code& error) const;

  base::Loop& loop_;
  const Origin& origin_;
  const ClientOptions& options_;
  TlsContext* const tls_context_;
  Socket socket_;
  std::optional<base::asio::ssl::stream<Socket&>> tls_;
  Timer timer_;
  uint64_t armed_ = 0;  // counts, so that a timer that fires late does no harm
  bool expired_ = false;
  std::string in_;  // read and not yet taken
};

}  // namespace cruddur::net
