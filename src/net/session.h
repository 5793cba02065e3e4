// Serves one connection: reads requests, calls the handler, writes the answers.
#pragma once

#include <memory>
#include <string>

#include "net/listener.h"

namespace cruddur::net {

// Takes the socket over and returns at once. `refused`: the connection is one too many; it is
// answered 503 and closed. On the listener's loop; may throw when memory or descriptors are short.
void StartSession(std::shared_ptr<Listener> listener, Socket socket, std::string remote_address,
                  bool refused);

}  // namespace cruddur::net
