// Runs one Task to its end on a loop of its own: for commands and tests, never inside a loop.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <type_traits>

#include "base/task.h"

namespace cruddur::base {

// It lives as long as its thread: whoever resumed the task last, from another thread, may be about
// to leave the loop's post when the task has ended.
inline Loop& LoopOfThisThread() {
  thread_local Loop loop(1);
  loop.restart();
  return loop;
}

// Blocks until `task` is done and gives its value; what it throws is thrown here.
template <class T>
T RunTask(Task<T> task) {
  Loop& loop = LoopOfThisThread();
  std::exception_ptr error;
  if constexpr (std::is_void_v<T>) {
    asio::co_spawn(loop, std::move(task), [&](std::exception_ptr e) { error = e; });
    loop.run();
    if (error) std::rethrow_exception(error);
  } else {
    std::optional<T> result;
    asio::co_spawn(loop, std::move(task), [&](std::exception_ptr e, T value) {
      error = e;
      if (!e) result = std::move(value);
    });
    loop.run();
    if (error) std::rethrow_exception(error);
    return *std::move(result);
  }
}

}  // namespace cruddur::base
