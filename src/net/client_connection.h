// One connection of an HttpClient. Used on its loop's thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/task.h"
#include "net/client.h"
#include "net/client_stream.h"

namespace cruddur::net {

class ClientConnection {
 public:
  // `tls` is null for plain HTTP. The others must outlive the connection.
  ClientConnection(base::Loop& loop, const Origin& origin, const ClientOptions& options,
                   NameLookUp& names, TlsContext* tls);

  base::Task<base::Status> Connect(SteadyTime deadline) { return stream_->Connect(deadline); }

  struct Outcome {
    base::Result<ClientResponse> response;
    bool untouched = false;  // nothing of an answer has come
    bool sent = false;       // all of the request has gone out
    bool reusable = false;
  };
  base::Task<Outcome> Exchange(std::string_view request, bool head, SteadyTime deadline);

  bool StillOpen() { return stream_->StillOpen(); }

  SteadyTime last_used{};
  bool used = false;  // or kept for a while: the peer may be about to close it

 private:
  base::Task<base::Result<ClientResponse>> ReadAnswer(bool head, Outcome& outcome);

  const ClientOptions& options_;
  const std::shared_ptr<ClientStream> stream_;
  std::string in_;  // read and not yet taken
};

}  // namespace cruddur::net
