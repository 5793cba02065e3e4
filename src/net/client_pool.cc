#include "net/client_pool.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <optional>
#include <utility>

namespace cruddur::net {

using base::ErrorCode;
using base::Fail;

// A caller in the queue; lives in its coroutine's frame, and leaves the queue with it.
struct ClientPool::Waiter {
  Waiter(ClientPool& pool, SteadyTime deadline, bool fresh)
      : pool(pool),
        id(++pool.waiters_),
        deadline(deadline),
        fresh(fresh),
        timer(pool.loop_, deadline) {
    pool.waiting_.push_back(this);
  }
  ~Waiter() { std::erase(pool.waiting_, this); }

  // He leaves the queue, and goes on.
  void Serve(base::Result<std::shared_ptr<ClientConnection>> what) {
    std::erase(pool.waiting_, this);
    outcome = std::move(what);
    timer.cancel();
  }

  ClientPool& pool;
  const uint64_t id;
  const SteadyTime deadline;
  const bool fresh;
  bool connecting = false;  // a connection is being made for him
  Timer timer;
  std::optional<base::Result<std::shared_ptr<ClientConnection>>> outcome;
};

ClientPool::Lease::~Lease() {
  if (pool_) pool_->GiveBack(keep ? std::move(connection) : nullptr);
}

base::Task<base::Result<ClientPool::Lease>> ClientPool::Acquire(SteadyTime deadline, bool fresh) {
  const auto self = shared_from_this();
  const bool may_have_more = leases_ < shared_->options.max_connections;
  if (may_have_more && !fresh) {
    if (auto idle = TakeIdle()) {
      ++leases_;
      co_return Lease(self, std::move(idle));
    }
  }
  const size_t most = shared_->options.max_waiting;
  if (!may_have_more && waiting_.size() >= most &&
      std::cmp_greater_equal(std::ranges::count(waiting_, false, &Waiter::connecting), most)) {
    co_return Fail(ErrorCode::kResourceExhausted,
                   "too many requests wait for " + shared_->origin.HostHeader());
  }
  Waiter waiter(*self, deadline, fresh);
  if (may_have_more) {
    ++leases_;
    if (leases_ + idle_.size() > shared_->options.max_connections) idle_.erase(idle_.begin());
    StartConnecting(waiter);
  }
  co_await waiter.timer.async_wait(base::asio::as_tuple(base::kUseTask));
  if (!waiter.outcome) {
    co_return Fail(ErrorCode::kDeadlineExceeded,
                   "no free connection to " + shared_->origin.HostHeader() + " in time");
  }
  if (!*waiter.outcome) co_return std::unexpected(std::move(*waiter.outcome).error());
  co_return Lease(self, **std::move(waiter.outcome));
}

void ClientPool::StartConnecting(Waiter& waiter) {
  waiter.connecting = true;
  const SteadyTime least = std::chrono::steady_clock::now() + shared_->options.connect_time;
  base::asio::co_spawn(loop_,
                       Connect(shared_from_this(), waiter.id, std::max(waiter.deadline, least)),
                       base::asio::detached);
}

base::Task<void> ClientPool::Connect(std::shared_ptr<ClientPool> pool, uint64_t waiter,
                                     SteadyTime deadline) {
  Lease lease(pool, std::make_shared<ClientConnection>(pool->loop_, pool->shared_->origin,
                                                       pool->shared_->options, pool->shared_->names,
                                                       pool->shared_->tls.get()));
  // Whoever started this goes on first.
  co_await base::asio::post(base::kUseTask);
  const base::Status connected = co_await lease.connection->Connect(deadline);
  if (!connected) co_return pool->Refuse(waiter, connected.error());
  lease.connection->last_used = std::chrono::steady_clock::now();
  lease.keep = true;
}

// He may have got another connection, or given up.
void ClientPool::Refuse(uint64_t waiter, base::Error why) {
  const auto found = std::ranges::find(waiting_, waiter, &Waiter::id);
  if (found != waiting_.end()) (*found)->Serve(std::unexpected(std::move(why)));
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

// Hands the connection, or else the right to make one, to the caller that has waited longest.
void ClientPool::GiveBack(std::shared_ptr<ClientConnection> connection) {
  if (loop_.stopped()) return;  // nobody goes on
  if (connection && !waiting_.empty()) {
    const auto taker = std::ranges::find_if(
        waiting_, [&](const Waiter* waiter) { return !waiter->fresh || !connection->used; });
    if (taker != waiting_.end() && connection->StillOpen()) {
      return (*taker)->Serve(std::move(connection));
    }
  }
  const auto maker = std::ranges::find(waiting_, false, &Waiter::connecting);
  if (maker != waiting_.end()) return StartConnecting(**maker);
  --leases_;
  if (!connection || closed_) return;
  connection->used = true;
  idle_.push_back(std::move(connection));
}

}  // namespace cruddur::net
