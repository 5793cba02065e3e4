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
    NameLookUp names{};
  };

  // A caller's right to one connection. Given back when it is destroyed.
  class Lease {
   public:
    explicit Lease(std::shared_ptr<ClientPool> pool,
                   std::shared_ptr<ClientConnection> connection = nullptr)
        : connection(std::move(connection)), pool_(std::move(pool)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    std::shared_ptr<ClientConnection> connection;  // null: it is being made
    bool keep = false;                             // the connection may serve the next caller

   private:
    std::shared_ptr<ClientPool> pool_;
  };

  ClientPool(base::Loop& loop, std::shared_ptr<Shared> shared)
      : loop_(loop), shared_(std::move(shared)) {}

  // Waits for an open connection, up to the deadline. `fresh`: one that has just been made.
  base::Task<base::Result<Lease>> Acquire(SteadyTime deadline, bool fresh);
  void Close();  // no connection is kept from now on

 private:
  struct Waiter;

  std::shared_ptr<ClientConnection> TakeIdle();
  void GiveBack(std::shared_ptr<ClientConnection> connection);
  // Makes a connection for `waiter`, and goes on when he has gone or has got another one. A lease
  // is counted for it.
  void StartConnecting(Waiter& waiter);
  static base::Task<void> Connect(std::shared_ptr<ClientPool> pool, uint64_t waiter,
                                  SteadyTime deadline);
  void Refuse(uint64_t waiter, base::Error why);

  base::Loop& loop_;
  const std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<ClientConnection>> idle_;  // the latest used last
  std::deque<Waiter*> waiting_;
  size_t leases_ = 0;
  uint64_t waiters_ = 0;  // that there ever were
  bool closed_ = false;
};

}  // namespace cruddur::net
