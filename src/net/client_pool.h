// The connections of an HttpClient on one loop, and the callers that wait for one. Used on that
// loop's thread only.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "net/client_connection.h"

namespace cruddur::net {

class ClientPool : public std::enable_shared_from_this<ClientPool> {
 public:
  // What all pools of a client share.
  struct Shared {
    Origin origin;
    ClientOptions options;
    std::unique_ptr<TlsContext> tls;
  };

  // A caller's right to one connection. Given back when it is destroyed.
  class Lease {
   public:
    explicit Lease(std::shared_ptr<ClientPool> pool) : pool_(std::move(pool)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    std::shared_ptr<ClientConnection> connection;  // null: to be made
    bool keep = false;                             // the connection may serve the next caller

   private:
    std::shared_ptr<ClientPool> pool_;
  };

  ClientPool(base::Loop& loop, std::shared_ptr<const Shared> shared)
      : loop_(loop), shared_(std::move(shared)) {}

  // Waits for a connection, up to the deadline. `fresh`: none that was used before.
  base::Task<base::Result<Lease>> Acquire(SteadyTime deadline, bool fresh);
  std::shared_ptr<ClientConnection> MakeConnection();
  void Close();  // no connection is kept from now on

 private:
  struct Waiter;

  std::shared_ptr<ClientConnection> TakeIdle();
  void GiveBack(std::shared_ptr<ClientConnection> connection);

  base::Loop& loop_;
  const std::shared_ptr<const Shared> shared_;
  std::vector<std::shared_ptr<ClientConnection>> idle_;  // the latest used last
  std::deque<Waiter*> waiting_;
  size_t leases_ = 0;
  bool closed_ = false;
};

}  // namespace cruddur::net
