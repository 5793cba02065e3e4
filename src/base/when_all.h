// Runs tasks side by side on the caller's loop and waits for all of them.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/task.h"

namespace cruddur::base {

// The results in the order of `tasks`. All run to their end, also when one throws; then the first
// exception is thrown on. T must have a default.
template <class T>
Task<std::vector<T>> WhenAll(std::vector<Task<T>> tasks) {
  struct Run {
    std::vector<T> results;
    size_t running = 0;
    std::exception_ptr exception;
  };
  using Resume = std::move_only_function<void()>;
  const Executor executor = co_await asio::this_coro::executor;
  // Shared, because a loop that is destroyed takes the tasks and the waiting coroutine in any
  // order. What resumes this coroutine owns it, so only the tasks hold that: held here too, the
  // coroutine would own itself, and nothing would free it.
  const auto run = std::make_shared<Run>();
  auto resume = std::make_shared<Resume>();
  run->results.resize(tasks.size());
  run->running = tasks.size();
  if (tasks.size() == 1) {
    run->results[0] = co_await std::move(tasks[0]);
    co_return std::move(run->results);
  }
  for (size_t i = 0; i < tasks.size(); ++i) {
    asio::co_spawn(executor, std::move(tasks[i]),
                   [run, resume, i](std::exception_ptr exception, T result) {
                     if (exception && !run->exception) run->exception = exception;
                     run->results[i] = std::move(result);
                     if (--run->running == 0 && *resume) std::exchange(*resume, nullptr)();
                   });
  }
  const std::weak_ptr<Resume> later = std::exchange(resume, nullptr);
  if (run->running > 0) {
    co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(
        [later, executor](auto handler) {
          *later.lock() = [executor, handler = std::move(handler)]() mutable {
            asio::post(executor, std::move(handler));
          };
        },
        kUseTask);
  }
  if (run->exception) std::rethrow_exception(run->exception);
  co_return std::move(run->results);
}

}  // namespace cruddur::base
