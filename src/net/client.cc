#include "net/client.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <mutex>
#include <stdexcept>

#include "net/client_pool.h"
#include "net/http.h"

namespace cruddur::net {
namespace {

using base::ErrorCode;
using base::Fail;

constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24);

// Nothing that could end a line early or add one.
bool IsClean(std::string_view text, bool spaces) {
  return std::ranges::all_of(text, [&](char c) {
    const auto byte = static_cast<uint8_t>(c);
    return byte > 0x20 ? byte != 0x7f : spaces && (c == ' ' || c == '\t');
  });
}

bool IsName(std::string_view text) {
  return !text.empty() && IsClean(text, false) && text.find(':') == std::string_view::npos;
}

base::Result<std::string> Serialize(const ClientRequest& request, const Origin& origin) {
  if (!IsName(request.method) || request.target.empty() || !IsClean(request.target, false)) {
    return Fail(ErrorCode::kInvalidArgument, "a request's method or target can't be written");
  }
  std::string out;
  out.reserve(256 + request.target.size() + request.body.size());
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  out.append("Host: ").append(origin.HostHeader()).append("\r\n");
  for (const auto& [name, value] : request.headers) {
    if (!IsName(name) || !IsClean(value, true)) {
      return Fail(ErrorCode::kInvalidArgument, "a request's header can't be written");
    }
    // A signer lists these two; how they are written is this module's affair.
    if (EqualsIgnoreCase(name, "Host") || EqualsIgnoreCase(name, "Content-Length")) continue;
    out.append(name).append(": ").append(value).append("\r\n");
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
      request.method == "PATCH") {
    out.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  out.append("\r\n").append(request.body);
  return out;
}

bool MayRepeat(const ClientRequest& request) {
  static constexpr std::string_view kIdempotent[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};
  if (request.repeat != ClientRequest::Repeat::kByMethod) {
    return request.repeat == ClientRequest::Repeat::kAllowed;
  }
  return std::ranges::find(kIdempotent, request.method) != std::end(kIdempotent);
}

}  // namespace

struct HttpClient::State {
  std::shared_ptr<ClientPool::Shared> shared = std::make_shared<ClientPool::Shared>();
  std::mutex mutex;
  std::vector<std::pair<base::Loop*, std::shared_ptr<ClientPool>>> pools;  // protected by mutex

  std::shared_ptr<ClientPool> PoolOf(base::Loop& loop) {
    const std::lock_guard lock(mutex);
    for (auto& [known, pool] : pools) {
      if (known == &loop) return pool;
    }
    return pools.emplace_back(&loop, std::make_shared<ClientPool>(loop, shared)).second;
  }
};

HttpClient::HttpClient(Origin origin, ClientOptions options) : state_(std::make_shared<State>()) {
  if (origin.tls) {
    auto tls = MakeClientTls(options.ca_file);
    if (!tls) throw std::runtime_error(tls.error().message);
    state_->shared->tls = *std::move(tls);
  }
  state_->shared->origin = std::move(origin);
  state_->shared->options = std::move(options);
}

HttpClient::~HttpClient() {
  // Sockets are closed on their own loops, which may be reading them.
  const std::lock_guard lock(state_->mutex);
  for (auto& [loop, pool] : state_->pools) {
    base::asio::post(*loop, [pool = std::move(pool)] { pool->Close(); });
  }
  state_->pools.clear();
}

const Origin& HttpClient::origin() const { return state_->shared->origin; }

base::Task<base::Result<ClientResponse>> HttpClient::Send(const ClientRequest& request,
                                                          std::chrono::milliseconds time,
                                                          bool* sent) {
  if (sent) *sent = false;
  const SteadyTime deadline = std::chrono::steady_clock::now() + std::min(time, kLongest);
  const base::Executor executor = co_await base::asio::this_coro::executor;
  CO_TRY_ASSIGN(const std::string bytes, Serialize(request, origin()));
  const auto pool = state_->PoolOf(executor.context());  // from here on the client may go
  const bool head = request.method == "HEAD";

  for (bool fresh = false;; fresh = true) {
    auto lease = co_await pool->Acquire(deadline, fresh);
    if (!lease) co_return std::unexpected(std::move(lease).error());
    const bool reused = lease->connection->used;
    auto outcome = co_await lease->connection->Exchange(bytes, head, deadline);
    lease->keep = outcome.reusable;
    if (sent) *sent = *sent || outcome.sent;
    const bool again = reused && !outcome.response && outcome.untouched &&
                       outcome.response.error().code == ErrorCode::kUnavailable &&
                       (!outcome.sent || MayRepeat(request));
    if (!again) co_return std::move(outcome.response);
  }
}

}  // namespace cruddur::net
