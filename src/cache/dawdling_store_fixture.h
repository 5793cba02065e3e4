// For tests: a cache's server whose calls take their time, so that those under way together arrive,
// and are answered, in any order.
#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include "base/random.h"
#include "cache/remote_store.h"
#include "net/sockets.h"

namespace cruddur::cache {

class DawdlingStore final : public RemoteStore {
 public:
  // Each call takes from `least` up to `most` before it goes out, and as long after it has come
  // back.
  DawdlingStore(std::unique_ptr<RemoteStore> store, std::chrono::microseconds most,
                std::chrono::microseconds least = {})
      : store_(std::move(store)), least_(least), most_(most) {}

  base::Task<base::Result<Values>> Get(std::vector<std::string> keys,
                                       std::chrono::milliseconds patience) override {
    co_await Pause();
    auto values = co_await store_->Get(std::move(keys), patience);
    co_await Pause();
    co_return values;
  }
  base::Task<base::Status> Put(std::string key, std::string value,
                               std::chrono::seconds time_to_live,
                               std::chrono::milliseconds patience) override {
    co_await Pause();
    auto status = co_await store_->Put(std::move(key), std::move(value), time_to_live, patience);
    co_await Pause();
    co_return status;
  }
  size_t max_value_bytes() const override { return store_->max_value_bytes(); }

 private:
  base::Task<void> Pause() const {
    net::Timer timer(
        co_await base::asio::this_coro::executor,
        least_ + std::chrono::microseconds(base::RandomUint64() % (most_ - least_).count()));
    co_await timer.async_wait(base::kUseTask);
  }

  const std::unique_ptr<RemoteStore> store_;
  const std::chrono::microseconds least_, most_;
};

}  // namespace cruddur::cache
