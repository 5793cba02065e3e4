// The Asio objects of this module with their concrete executor.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <chrono>

#include "base/task.h"

namespace cruddur::net {

using Tcp = base::asio::ip::tcp;
using Socket = base::asio::basic_stream_socket<Tcp, base::Executor>;
using TlsStream = base::asio::ssl::stream<Socket>;

using SteadyTime = std::chrono::steady_clock::time_point;
using Timer = base::asio::basic_waitable_timer<
    std::chrono::steady_clock, base::asio::wait_traits<std::chrono::steady_clock>, base::Executor>;

}  // namespace cruddur::net
