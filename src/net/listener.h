// One loop's share of a server: its acceptor, its connections, and the sweep over their deadlines.
#pragma once

#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.h"
#include "net/server.h"
#include "net/sockets.h"

namespace cruddur::net {

using Acceptor = base::asio::basic_socket_acceptor<Tcp, base::Executor>;
// What the loops of one server share; constant after the start but for the counts.
struct ServerState {
  ServerOptions options;
  Handler handler;
  ProtocolErrorHandler on_protocol_error;
  std::unique_ptr<base::asio::ssl::context> tls;

  std::atomic<size_t> connections = 0;  // that are served
  std::atomic<size_t> refusals = 0;     // that are told that there are too many
  std::atomic<size_t> buffered = 0;     // bytes, see ServerLimits::max_buffered_bytes

  // Coroutines that use `handler` or a loop: Stop waits until there are none.
  void Enter();
  void Leave();
  bool WaitUntilEmpty(SteadyTime deadline);  // false when the deadline came first

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t running_ = 0;  // protected by mutex_
};

// A connection as its listener sees it. All members are used on the loop's thread only.
class Connection {
 public:
  static constexpr SteadyTime kNever = SteadyTime::max();

  virtual ~Connection() = default;
  virtual void Cancel() = 0;  // ends the wait under way with an error
  virtual void Close() = 0;   // that, and every later one

  SteadyTime deadline = kNever;
  bool expired = false;  // set when the deadline has passed, before Cancel
  bool idle = true;      // between requests: may be closed at any time
  bool refused = false;  // one too many; constant once it is added
  size_t slot = 0;       // of the listener
};

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(base::Loop& loop, std::shared_ptr<ServerState> state, Acceptor acceptor);

  void Start();      // from any thread
  void BeginStop();  // on the loop: no further connections, idle ones end
  void CloseAll();   // on the loop

  // For connections, on the loop.
  void Add(Connection& connection);
  void Remove(Connection& connection);
  ServerState& state() { return *state_; }
  bool stopping() const { return stopping_; }
  // Both lag by a tick at most: no connection reads a clock.
  SteadyTime now() const { return now_; }
  std::string_view date_line() const { return date_line_; }

  base::Loop& loop() { return loop_; }

 private:
  base::Task<void> Accept();
  std::atomic<size_t>& CountOf(const Connection& connection) {
    return connection.refused ? state_->refusals : state_->connections;
  }
  void Begin(Socket socket, const Tcp::endpoint& peer);
  void Sweep();
  void ReadClocks();

  base::Loop& loop_;
  const std::shared_ptr<ServerState> state_;
  Acceptor acceptor_;
  Timer sweep_timer_, accept_pause_;
  const std::chrono::milliseconds tick_;
  std::vector<Connection*> connections_;
  bool sweeping_ = false;
  bool stopping_ = false;
  SteadyTime now_{};
  std::chrono::sys_seconds date_{};
  std::string date_line_;
};

}  // namespace cruddur::net
