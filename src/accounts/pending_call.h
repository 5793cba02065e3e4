// A call that a coroutine waits for while a worker thread carries it out.
//
// Whatever happens to the worker, the coroutine goes on by itself when the deadline has passed: a
// look-up of a host name may hold a thread for many seconds. So the worker may come when the
// coroutine and even its loop are gone: whoever is first, the worker or the timer, claims the call,
// and the other one touches neither.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "accounts/database.h"
#include "base/result.h"
#include "base/task.h"

namespace cruddur::accounts {

// What a worker sees of a call.
class PendingCall {
 public:
  explicit PendingCall(Deadline deadline) : deadline_(deadline) {}
  virtual ~PendingCall() = default;

  Deadline deadline() const { return deadline_; }

  // Whether the call may be made again after a connection was lost in the midst of it.
  virtual bool repeatable() const = 0;
  // Runs the call's work, on the worker's thread. Finish() or another Attempt must follow.
  virtual void Attempt(Connection& connection) = 0;
  // Hands the last Attempt's result to the coroutine.
  virtual void Finish() = 0;
  // Hands it an error instead.
  virtual void Fail(base::Error error) = 0;

 private:
  const Deadline deadline_;
};

template <class T>
class CallOf final : public PendingCall, public std::enable_shared_from_this<CallOf<T>> {
 public:
  using Work = std::move_only_function<base::Result<T>(Connection&)>;
  using Handler = std::move_only_function<void(base::Result<T>)>;

  CallOf(Work work, bool repeatable, Deadline deadline, Handler handler,
         const base::Executor& executor)
      : PendingCall(deadline),
        work_(std::move(work)),
        repeatable_(repeatable),
        handler_(std::move(handler)),
        executor_(executor),
        timer_(executor) {}

  // On the coroutine's loop, before the call is handed to a worker.
  void StartTimer() {
    timer_->expires_at(deadline());
    timer_->async_wait([self = this->shared_from_this()](boost::system::error_code error) {
      if (error || self->claimed_.exchange(true)) return;
      self->Deliver(
          base::Fail(base::ErrorCode::kUnavailable, "the users database did not answer in time"));
    });
  }

  bool repeatable() const override { return repeatable_; }
  // What the work throws, std::bad_alloc above all, is this call's failure and nobody else's.
  void Attempt(Connection& connection) override {
    try {
      result_ = work_(connection);
    } catch (const std::bad_alloc&) {
      result_ = base::Fail(base::ErrorCode::kResourceExhausted, "out of memory");
    } catch (const std::exception& exception) {
      result_ = base::Fail(base::ErrorCode::kInternal, exception.what());
    }
  }
  void Finish() override { Post(std::move(result_)); }
  void Fail(base::Error error) override { Post(std::unexpected(std::move(error))); }

 private:
  using Timer = base::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                 base::asio::wait_traits<std::chrono::steady_clock>,
                                                 base::Executor>;

  // On the worker's thread. The coroutine still waits if the call wasn't claimed, so its loop is
  // there.
  void Post(base::Result<T> result) {
    if (claimed_.exchange(true)) return;
    // The connection's deadline and the timer's are one: say the same, whoever was first.
    if (!result && result.error().code == base::ErrorCode::kDeadlineExceeded) {
      result.error().code = base::ErrorCode::kUnavailable;
    }
    base::asio::post(executor_,
                     [self = this->shared_from_this(), result = std::move(result)]() mutable {
                       self->Deliver(std::move(result));
                     });
  }

  // On the loop. Leaves nothing of the loop's here, for the worker may keep this object for longer.
  void Deliver(base::Result<T> result) {
    timer_.reset();
    std::exchange(handler_, nullptr)(std::move(result));
  }

  Work work_;
  const bool repeatable_;
  base::Result<T> result_ = base::Fail(base::ErrorCode::kInternal, "the call was not made");

  std::atomic<bool> claimed_{false};
  Handler handler_;
  const base::Executor executor_;  // a plain pointer to the loop
  std::optional<Timer> timer_;
};

}  // namespace cruddur::accounts
