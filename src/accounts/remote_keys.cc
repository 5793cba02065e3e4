#include "accounts/remote_keys.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>

#include "accounts/built_in_keys.h"
#include "base/log.h"

namespace cruddur::accounts {
namespace {

constexpr std::chrono::milliseconds kFetchTime{2'000}, kLook{5};

}  // namespace

RemoteKeys::RemoteKeys(net::Origin origin, std::string path, const base::Clock& clock)
    : http_(std::move(origin), {.max_connections = 1, .max_body_bytes = auth::kMaxJwksBytes}),
      path_(std::move(path)),
      clock_(clock),
      keys_(std::make_shared<const auth::Jwks>()) {}

std::shared_ptr<const auth::Jwks> RemoteKeys::Keys() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

base::Task<base::Status> RemoteKeys::Fetch() {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    const base::Micros now = clock_.Now();
    // A clock that went back must not keep new keys out for as long.
    const bool recent = attempted_ && now >= fetched_at_ && now - fetched_at_ < kKeyRefreshInterval;
    if (!recent && !fetching_.exchange(true)) {
      first = true;
      attempted_ = true;
      fetched_at_ = now;
    }
  }
  if (!first) {
    co_await AwaitFetch();
    const std::lock_guard lock(mutex_);
    co_return outcome_;
  }
  auto fetched = co_await FetchNow();
  if (!fetched) {
    base::Log(base::LogLevel::kWarn, "keys_not_fetched", {{"reason", fetched.error().message}});
    fetched = base::Fail(base::ErrorCode::kUnavailable,
                         "the user pool's keys can't be fetched: " + fetched.error().message);
  }
  {
    const std::lock_guard lock(mutex_);
    outcome_ = fetched;
  }
  fetching_.store(false);
  co_return fetched;
}

base::Task<base::Status> RemoteKeys::FetchNow() {
  const net::ClientRequest request{.target = path_};
  CO_TRY_ASSIGN(const auto response, co_await http_.Send(request, kFetchTime));
  if (response.status != 200) {
    co_return base::Fail(base::ErrorCode::kUnavailable,
                         "HTTP status " + std::to_string(response.status));
  }
  CO_TRY_ASSIGN(auto keys, auth::Jwks::Parse(response.body));
  const std::lock_guard lock(mutex_);
  if (*keys_ == keys) co_return base::Status();
  keys_ = std::make_shared<const auth::Jwks>(std::move(keys));
  generation_.fetch_add(1, std::memory_order_release);
  co_return base::Status();
}

// Rare and short: a look now and then costs less than a list of who waits, over several loops.
base::Task<void> RemoteKeys::AwaitFetch() {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + kFetchTime;
  base::asio::basic_waitable_timer<Clock, base::asio::wait_traits<Clock>, base::Executor> timer(
      co_await base::asio::this_coro::executor);
  while (fetching_.load() && Clock::now() < end) {
    timer.expires_after(kLook);
    co_await timer.async_wait(base::asio::as_tuple(base::kUseTask));
  }
}

}  // namespace cruddur::accounts
