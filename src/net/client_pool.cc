#include "net/client_pool.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>

namespace cruddur::net {

using base::ErrorCode;
using base::Fail;

// A caller in the queue; lives in its coroutine's frame, and leaves the queue with it.
struct ClientPool::Waiter {
  Waiter(ClientPool& pool, SteadyTime deadline) : pool(pool), timer(pool.loop_, deadline) {
    pool.waiting_.push_back(this);
  }
  ~Waiter() { std::erase(pool.waiting_, this); }

  ClientPool& pool;
  Timer timer;
  bool granted = false;
  std::shared_ptr<ClientConnection> connection;
};

ClientPool::Lease::~Lease() {
  if (pool_) pool_->GiveBack(keep ? std::move(connection) : nullptr);
}

base::Task<base::Result<ClientPool::Lease>> ClientPool::Acquire(SteadyTime deadline, bool fresh) {
  const auto self = shared_from_this();
  if (leases_ < shared_->options.max_connections) {
    ++leases_;
    Lease lease(self);
    if (!fresh) {
      lease.connection = TakeIdle();
    } else if (leases_ + idle_.size() > shared_->options.max_connections) {
      idle_.erase(idle_.begin());
    }
    co_return lease;
  }
  if (waiting_.size() >= shared_->options.max_waiting) {
    co_return Fail(ErrorCode::kResourceExhausted,
                   "too many requests wait for " + shared_->origin.HostHeader());
  }
  Waiter waiter(*self, deadline);
  co_await waiter.timer.async_wait(base::asio::as_tuple(base::kUseTask));
  if (!waiter.granted) {
    co_return Fail(ErrorCode::kDeadlineExceeded,
                   "no free connection to " + shared_->origin.HostHeader() + " in time");
  }
  Lease lease(self);
  if (!fresh) lease.connection = std::move(waiter.connection);
  co_return lease;
}

std::shared_ptr<ClientConnection> ClientPool::MakeConnection() {
  return std::make_shared<ClientConnection>(loop_, shared_->origin, shared_->options,
                                            shared_->tls.get());
}

void ClientPool::Close() {
  closed_ = true;
  idle_.clear();
}

std::shared_ptr<ClientConnection> ClientPool::TakeIdle() {
  // The oldest come first: what is too old is dropped before the latest used is tried.
  const SteadyTime oldest = std::chrono::steady_clock::now() - shared_->options.idle_time;
  const auto young = std::ranges::find_if(
      idle_, [&](const auto& connection) { return connection->last_used >= oldest; });
  idle_.erase(idle_.begin(), young);
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->StillOpen()) return connection;
  }
  return nullptr;
}

// Hands the right, and the connection if there is one, to the caller that has waited longest.
void ClientPool::GiveBack(std::shared_ptr<ClientConnection> connection) {
  if (!waiting_.empty()) {
    Waiter& next = *waiting_.front();
    waiting_.pop_front();
    next.granted = true;
    if (connection && connection->StillOpen()) next.connection = std::move(connection);
    next.timer.cancel();
    return;
  }
  --leases_;
  if (connection && !closed_) idle_.push_back(std::move(connection));
}

}  // namespace cruddur::net
