#include "net/listener.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "base/log.h"
#include "net/response_writer.h"
#include "net/session.h"

namespace cruddur::net {
namespace {

namespace asio = base::asio;
using std::chrono::milliseconds;

constexpr milliseconds kAcceptPause{100};
// Connections beyond the limit that are told so; those beyond them are closed without a word.
constexpr size_t kMaxRefusals = 64;

// How exactly deadlines are kept: an eighth of the shortest, within reason.
milliseconds TickOf(const ServerLimits& limits) {
  const milliseconds shortest =
      std::min({limits.header_time, limits.body_time, limits.idle_time, limits.write_time});
  return std::clamp(shortest / 8, milliseconds(5), milliseconds(250));
}

std::string AddressOf(const Tcp::endpoint& peer) {
  const asio::ip::address address = peer.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

void ServerState::Enter() {
  const std::lock_guard lock(mutex_);
  ++running_;
}

void ServerState::Leave() {
  const std::lock_guard lock(mutex_);
  if (--running_ == 0) changed_.notify_all();
}

bool ServerState::WaitUntilEmpty(SteadyTime deadline) {
  std::unique_lock lock(mutex_);
  const auto empty = [this] { return running_ == 0; };
  if (deadline == SteadyTime::max()) {
    changed_.wait(lock, empty);
    return true;
  }
  return changed_.wait_until(lock, deadline, empty);
}

Listener::Listener(base::Loop& loop, std::shared_ptr<ServerState> state, Acceptor acceptor)
    : loop_(loop),
      state_(std::move(state)),
      acceptor_(std::move(acceptor)),
      sweep_timer_(loop),
      accept_pause_(loop),
      tick_(TickOf(state_->options.limits)) {}

void Listener::Start() {
  state_->Enter();
  asio::co_spawn(
      loop_,
      [self = shared_from_this()]() -> base::Task<void> {
        co_await self->Accept();
        self->state_->Leave();
      },
      asio::detached);
}

void Listener::BeginStop() {
  if (stopping_) return;
  stopping_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  accept_pause_.cancel();
  for (Connection* connection : connections_) {
    if (connection->idle) connection->Cancel();
  }
}

void Listener::CloseAll() {
  for (Connection* connection : connections_) connection->Close();
}

base::Task<void> Listener::Accept() {
  bool troubled = false;
  while (!stopping_) {
    Socket socket(loop_);
    Tcp::endpoint peer;
    const auto [error] =
        co_await acceptor_.async_accept(socket, peer, asio::as_tuple(base::kUseTask));
    if (stopping_) break;
    if (!error) {
      troubled = false;
      Begin(std::move(socket), peer);
      continue;
    }
    // Out of descriptors or memory, mostly: connections wait in the kernel's queue meanwhile.
    if (!std::exchange(troubled, true)) {
      base::Log(base::LogLevel::kWarn, "cannot accept connections", {{"why", error.message()}});
    }
    accept_pause_.expires_after(kAcceptPause);
    co_await accept_pause_.async_wait(asio::as_tuple(base::kUseTask));
  }
}

void Listener::Begin(Socket socket, const Tcp::endpoint& peer) {
  const bool refused =
      state_->connections.load(std::memory_order_relaxed) >= state_->options.limits.max_connections;
  if (refused && state_->refusals.load(std::memory_order_relaxed) >= kMaxRefusals) return;
  ReadClocks();
  try {
    StartSession(shared_from_this(), std::move(socket), AddressOf(peer), refused);
  } catch (const std::exception& e) {
    base::Log(base::LogLevel::kError, "cannot serve a connection", {{"why", e.what()}});
  }
}

void Listener::Add(Connection& connection) {
  state_->Enter();
  CountOf(connection).fetch_add(1, std::memory_order_relaxed);
  connection.slot = connections_.size();
  connections_.push_back(&connection);
  if (!std::exchange(sweeping_, true)) Sweep();
}

void Listener::Remove(Connection& connection) {
  connections_[connection.slot] = connections_.back();
  connections_[connection.slot]->slot = connection.slot;
  connections_.pop_back();
  if (connections_.empty()) sweep_timer_.cancel();
  CountOf(connection).fetch_sub(1, std::memory_order_relaxed);
  state_->Leave();
}

void Listener::Sweep() {
  ReadClocks();
  for (Connection* connection : connections_) {
    if (connection->deadline > now_) continue;
    connection->deadline = Connection::kNever;
    connection->expired = true;
    connection->Cancel();
  }
  // Without connections the loop sleeps undisturbed.
  if (connections_.empty()) {
    sweeping_ = false;
    return;
  }
  sweep_timer_.expires_after(tick_);
  sweep_timer_.async_wait(
      [self = shared_from_this()](boost::system::error_code) { self->Sweep(); });
}

void Listener::ReadClocks() {
  now_ = std::chrono::steady_clock::now();
  const auto date = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (date != date_ || date_line_.empty()) {
    date_ = date;
    date_line_ = DateLine(date);
  }
}

}  // namespace cruddur::net
