// A byte stream to an origin: its name looked up, connected, greeted by TLS where the origin asks
// for it. What protocols are spoken on. Used on its loop's thread only.
#pragma once

#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/task.h"
#include "net/client.h"
#include "net/name_lookup.h"
#include "net/sockets.h"
#include "net/tls.h"

namespace cruddur::net {

class ClientStream : public std::enable_shared_from_this<ClientStream> {
 public:
  // `tls` is null for plain TCP. `origin`, `names` and `tls` must outlive the stream.
  // `connect_time` is per address.
  ClientStream(base::Loop& loop, const Origin& origin, NameLookUp& names, TlsContext* tls,
               std::chrono::milliseconds connect_time);

  // Tries each address of the host in turn, then greets by TLS. Errors: kUnavailable,
  // kDeadlineExceeded.
  base::Task<base::Status> Connect(SteadyTime deadline);

  base::Task<boost::system::error_code> Write(std::string_view bytes);
  // What has come, appended to `in`: waits for at least a byte. The error beside what came before
  // it.
  using ReadResult = std::pair<boost::system::error_code, size_t>;
  base::Task<ReadResult> Read(std::string& in);

  // False once the peer has closed it, or has said something that nobody asked for: but for the
  // session tickets that TLS begins with.
  bool StillOpen();
  void Close();

  // Closes the stream when the time has come: what waits for it ends with an error.
  void Arm(SteadyTime deadline);
  void Disarm();
  bool expired() const { return expired_; }  // it has come

  // The error of an operation on this stream, in words: "<what><host>: timed out".
  base::Error Explain(std::string_view what, const boost::system::error_code& error) const;

 private:
  base::Task<base::Result<NameLookUp::Endpoints>> Resolve(SteadyTime deadline);
  base::Task<base::Status> ConnectTo(const Tcp::endpoint& endpoint, SteadyTime deadline);
  base::Task<base::Status> Greet(SteadyTime deadline);

  const Origin& origin_;
  NameLookUp& names_;
  TlsContext* const tls_context_;
  const std::chrono::milliseconds connect_time_;
  Socket socket_;
  std::optional<base::asio::ssl::stream<Socket&>> tls_;
  Timer timer_;
  uint64_t armed_ = 0;  // counts, so that a timer that fires late does no harm
  bool expired_ = false;
  bool has_read_ = false;
};

}  // namespace cruddur::net
