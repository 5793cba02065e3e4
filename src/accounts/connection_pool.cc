#include "accounts/connection_pool.h"

#include <algorithm>

#include "base/log.h"

namespace cruddur::accounts {

using std::chrono::steady_clock;

ConnectionPool::ConnectionPool(DatabaseOptions options) : options_(std::move(options)) {
  for (size_t i = 0; i < std::max<size_t>(options_.connections, 1); ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

ConnectionPool::~ConnectionPool() { Stop(); }

void ConnectionPool::Stop() {
  std::deque<Call> waiting;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    waiting.swap(queue_);
  }
  wake_.notify_all();
  for (const Call& call : waiting) {
    call->Fail({base::ErrorCode::kUnavailable, "the users database is being closed"});
  }
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void ConnectionPool::Submit(Call call) {
  base::Error error;
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && queue_.size() < options_.max_queue) {
      queue_.push_back(std::move(call));
      wake_.notify_one();
      return;
    }
    error = stopping_
                ? base::Error{base::ErrorCode::kUnavailable, "the users database is being closed"}
                : base::Error{base::ErrorCode::kResourceExhausted,
                              "too many calls wait for the users database"};
  }
  call->Fail(std::move(error));
}

void ConnectionPool::Work() {
  std::unique_ptr<Connection> connection;
  for (;;) {
    Call call;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      call = std::move(queue_.front());
      queue_.pop_front();
    }
    // Its coroutine has gone on without an answer: the work would be for nothing.
    if (call->deadline() <= steady_clock::now()) continue;
    Serve(*call, connection);
  }
}

void ConnectionPool::Serve(PendingCall& call, std::unique_ptr<Connection>& connection) {
  for (;;) {
    const bool reused = connection != nullptr;
    if (!reused) {
      auto made = Connect(call.deadline());
      if (!made) return call.Fail(std::move(made).error());
      connection = *std::move(made);
    }
    connection->SetDeadline(call.deadline());
    call.Attempt(*connection);
    if (connection->usable()) return call.Finish();
    connection.reset();
    // An idle connection may have been lost long ago: that says nothing about the server now.
    const bool again = reused && call.repeatable() && call.deadline() > steady_clock::now();
    if (!again) return call.Finish();
  }
}

base::Result<std::unique_ptr<Connection>> ConnectionPool::Connect(Deadline deadline) {
  {
    const std::lock_guard lock(away_mutex_);
    if (away_ && steady_clock::now() < retry_at_) return std::unexpected(*away_);
  }
  auto connection =
      OpenConnection(options_, std::min(deadline, steady_clock::now() + options_.connect_time));
  bool changed;
  {
    const std::lock_guard lock(away_mutex_);
    changed = away_.has_value() == connection.has_value();
    if (connection) {
      away_.reset();
    } else {
      away_ = {base::ErrorCode::kUnavailable, connection.error().message};
      retry_at_ = steady_clock::now() + options_.reconnect_pause;
    }
  }
  if (!connection) {
    if (changed) {
      base::Log(base::LogLevel::kWarn, "users_database_away",
                {{"reason", connection.error().message}});
    }
    return base::Fail(base::ErrorCode::kUnavailable, connection.error().message);
  }
  if (changed) base::Log(base::LogLevel::kInfo, "users_database_back");
  return connection;
}

}  // namespace cruddur::accounts
