// The coroutine type of everything that waits, and the loop that it runs on.
//
// A Loop belongs to one thread (net::LoopPool starts one a core); its executor is the concrete
// io_context executor, which spares the type erasure that any_io_executor costs on each step.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace cruddur::base {

namespace asio = boost::asio;

using Loop = asio::io_context;
using Executor = Loop::executor_type;

// co_await a Task once, on the loop that it was started on.
template <class T = void>
using Task = asio::awaitable<T, Executor>;

// The completion token for Asio operations inside a Task.
inline constexpr asio::use_awaitable_t<Executor> kUseTask{};

}  // namespace cruddur::base
