#include "net/client_stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>

namespace cruddur::net {
namespace {

namespace asio = base::asio;
using base::ErrorCode;
using base::Fail;
using boost::system::error_code;
constexpr auto kTuple = asio::as_tuple(base::kUseTask);

constexpr size_t kReadBytes = 32 * 1024;

bool IsAddress(const std::string& host) {
  error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

ClientStream::ClientStream(base::Loop& loop, const Origin& origin, NameLookUp& names,
                           TlsContext* tls, std::chrono::milliseconds connect_time)
    : origin_(origin),
      names_(names),
      tls_context_(tls),
      connect_time_(connect_time),
      socket_(loop),
      timer_(loop) {}

base::Task<base::Status> ClientStream::Connect(SteadyTime deadline) {
  auto endpoints = co_await Resolve(deadline);
  if (!endpoints) co_return std::unexpected(std::move(endpoints).error());
  base::Status status = Fail(ErrorCode::kUnavailable, "no address");
  for (const Tcp::endpoint& endpoint : *endpoints) {
    status = co_await ConnectTo(endpoint, deadline);
    if (status || status.error().code == ErrorCode::kDeadlineExceeded) break;
  }
  if (status && tls_context_ != nullptr) status = co_await Greet(deadline);
  co_return status;
}

base::Task<base::Result<NameLookUp::Endpoints>> ClientStream::Resolve(SteadyTime deadline) {
  error_code error;
  const auto address = asio::ip::make_address(origin_.host, error);
  if (!error) co_return NameLookUp::Endpoints{Tcp::endpoint(address, origin_.port)};

  co_return co_await names_.Find(origin_, deadline);
}

base::Task<base::Status> ClientStream::ConnectTo(const Tcp::endpoint& endpoint,
                                                 SteadyTime deadline) {
  const SteadyTime patience = std::chrono::steady_clock::now() + connect_time_;
  error_code error;
  socket_.close(error);
  socket_.open(endpoint.protocol(), error);
  if (error) co_return std::unexpected(Explain("cannot connect to ", error));
  Arm(std::min(deadline, patience));
  const auto [failed] = co_await socket_.async_connect(endpoint, kTuple);
  Disarm();
  if (failed || expired_) {
    base::Error why = Explain("cannot connect to ", failed);
    if (expired_ && patience < deadline) why.code = ErrorCode::kUnavailable;
    co_return std::unexpected(std::move(why));
  }
  socket_.set_option(Tcp::no_delay(true), error);
  co_return base::Status();
}

base::Task<base::Status> ClientStream::Greet(SteadyTime deadline) {
  tls_.emplace(socket_, *tls_context_);
  if (!IsAddress(origin_.host)) {
    SSL_set_tlsext_host_name(tls_->native_handle(), origin_.host.c_str());
  }
  tls_->set_verify_callback(asio::ssl::host_name_verification(origin_.host));
  Arm(deadline);
  const auto [failed] = co_await tls_->async_handshake(asio::ssl::stream_base::client, kTuple);
  Disarm();
  if (failed) co_return std::unexpected(Explain("no TLS with ", failed));
  co_return base::Status();
}

base::Task<error_code> ClientStream::Write(std::string_view bytes) {
  const auto buffer = asio::buffer(bytes);
  if (tls_) {
    const auto [error, size] = co_await asio::async_write(*tls_, buffer, kTuple);
    co_return error;
  }
  const auto [error, size] = co_await asio::async_write(socket_, buffer, kTuple);
  co_return error;
}

base::Task<ClientStream::ReadResult> ClientStream::Read(std::string& in) {
  has_read_ = true;
  const size_t used = in.size();
  in.resize(used + kReadBytes);
  const auto buffer = asio::buffer(in.data() + used, kReadBytes);
  error_code failed;
  size_t bytes = 0;
  if (tls_) {
    std::tie(failed, bytes) = co_await tls_->async_read_some(buffer, kTuple);
  } else {
    std::tie(failed, bytes) = co_await socket_.async_read_some(buffer, kTuple);
  }
  in.resize(used + bytes);
  co_return ReadResult(failed, bytes);
}

bool ClientStream::StillOpen() {
  char byte;
  const ssize_t n = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (n > 0) return tls_ && !has_read_;
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void ClientStream::Close() {
  error_code ignored;
  socket_.close(ignored);
}

void ClientStream::Arm(SteadyTime deadline) {
  expired_ = false;
  timer_.expires_at(deadline);
  timer_.async_wait([weak = weak_from_this(), armed = ++armed_](const error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || self->armed_ != armed) return;
    self->expired_ = true;
    self->Close();
  });
}

void ClientStream::Disarm() {
  ++armed_;
  timer_.cancel();
}

base::Error ClientStream::Explain(std::string_view what, const error_code& error) const {
  return {
      expired_ ? ErrorCode::kDeadlineExceeded : ErrorCode::kUnavailable,
      std::string(what) + origin_.HostHeader() + ": " + (expired_ ? "timed out" : error.message())};
}

}  // namespace cruddur::net
