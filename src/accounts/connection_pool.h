// A bounded pool of threads, each with a connection to the users database: takes blocking calls off
// the event loops.
//
// A call is answered within DatabaseOptions::call_time, whatever the database does. Errors beside
// those of database.h: kResourceExhausted when the queue is full; kUnavailable when the database is
// away (at once while a failed connect is remembered), when the time is up, and after Stop.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "accounts/database.h"
#include "accounts/pending_call.h"
#include "base/result.h"
#include "base/task.h"

namespace cruddur::accounts {

// A read is made a second time, on a new connection, when the one that it ran on turns out to be
// lost: the server was restarted. A write isn't, for it may have been carried out.
enum class Access { kRead, kWrite };

// Thread-safe. Must end before the loops that its callers run on are destroyed.
class ConnectionPool {
 public:
  // Connects when the first calls come: the database need not be there yet.
  explicit ConnectionPool(DatabaseOptions options);
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // Runs `work` on a worker's thread and goes on, on the caller's loop, with its result. The work
  // may outlive the call, so it owns what it uses.
  template <class T>
  base::Task<base::Result<T>> Run(Access access,
                                  std::move_only_function<base::Result<T>(Connection&)> work);

  // Fails what waits, lets the running calls end, and joins the threads. Idempotent.
  void Stop();

  const DatabaseOptions& options() const { return options_; }

 private:
  using Call = std::shared_ptr<PendingCall>;

  void Submit(Call call);
  void Work();
  void Serve(PendingCall& call, std::unique_ptr<Connection>& connection);
  base::Result<std::unique_ptr<Connection>> Connect(Deadline deadline);

  const DatabaseOptions options_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Call> queue_;  // protected by mutex_
  bool stopping_ = false;   // protected by mutex_

  // The last connect that failed, and until when nobody tries again.
  std::mutex away_mutex_;
  std::optional<base::Error> away_;  // protected by away_mutex_
  Deadline retry_at_{};              // protected by away_mutex_

  std::vector<std::thread> threads_;
};

template <class T>
base::Task<base::Result<T>> ConnectionPool::Run(
    Access access, std::move_only_function<base::Result<T>(Connection&)> work) {
  const Deadline deadline = std::chrono::steady_clock::now() + options_.call_time;
  const base::Executor executor = co_await base::asio::this_coro::executor;
  co_return co_await base::asio::async_initiate<decltype(base::kUseTask), void(base::Result<T>)>(
      [&](auto handler) {
        auto call = std::make_shared<CallOf<T>>(std::move(work), access == Access::kRead, deadline,
                                                std::move(handler), executor);
        call->StartTimer();
        Submit(std::move(call));
      },
      base::kUseTask);
}

}  // namespace cruddur::accounts
