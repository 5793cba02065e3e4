// For tests: runs a Task on a loop and waits for its result.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <utility>

#include "base/task.h"

namespace cruddur::net {

template <class T>
T RunOn(base::Loop& loop, base::Task<T> task) {
  return base::asio::co_spawn(loop, std::move(task), base::asio::use_future).get();
}

}  // namespace cruddur::net
