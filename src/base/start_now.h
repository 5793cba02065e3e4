// Starts a task before it is awaited.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/task.h"

namespace cruddur::base {

// Runs `task` up to where it first waits, before this returns: what that does is done in the
// caller's order, under a lock of his for instance. Call it on the thread of `executor`'s loop. The
// answer is awaited once for the result; the task runs to its end also where it isn't. T must have
// a default.
template <class T>
[[nodiscard]] Task<T> StartNow(Executor executor, Task<T> task) {
  struct Run {
    std::optional<T> result;
    std::exception_ptr exception;
  };
  using Resume = std::move_only_function<void()>;
  const auto run = std::make_shared<Run>();
  // As in WhenAll: what resumes the waiting coroutine belongs to the task alone.
  auto resume = std::make_shared<Resume>();
  const std::weak_ptr<Resume> later = resume;
  asio::co_spawn(executor, std::move(task),
                 [run, resume = std::move(resume)](std::exception_ptr exception, T result) {
                   run->exception = exception;
                   run->result = std::move(result);
                   if (*resume) std::exchange(*resume, nullptr)();
                 });
  return [](Executor executor, std::shared_ptr<Run> run, std::weak_ptr<Resume> later) -> Task<T> {
    if (!run->result) {
      co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(
          [later, executor](auto handler) {
            *later.lock() = [executor, handler = std::move(handler)]() mutable {
              asio::post(executor, std::move(handler));
            };
          },
          kUseTask);
    }
    if (run->exception) std::rethrow_exception(run->exception);
    co_return *std::move(run->result);
  }(executor, run, later);
}

}  // namespace cruddur::base
