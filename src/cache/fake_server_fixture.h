// For tests: a cache server in this process that can be slow, away, forgetful or mad.
#pragma once

#include <atomic>
#include <limits>
#include <map>
#include <mutex>
#include <string>

#include "base/random.h"
#include "cache/remote_store.h"

namespace cruddur::cache {

struct FakeServer {
  enum class Mood { kWell, kRefuses, kHangs, kBabbles, kOnlyReads };

  std::atomic<Mood> mood{Mood::kWell};
  std::atomic<int> failing_percent{0};  // of the calls, besides
  std::atomic<int> calls{0};
  // Calls beyond so many hang, whatever the mood.
  std::atomic<int> well_for{std::numeric_limits<int>::max()};
  // How long all calls that hung were to be waited for: nobody really waits.
  std::atomic<int64_t> waited_ms{0};
  std::atomic<int64_t> last_patience_ms{0};

  std::mutex mutex;
  std::map<std::string, std::string> values;  // protected by mutex

  void Forget() {
    const std::lock_guard lock(mutex);
    values.clear();
  }
};

class FakeStore final : public RemoteStore {
 public:
  explicit FakeStore(FakeServer& server) : server_(server) {}

  base::Task<base::Result<Values>> Get(std::vector<std::string> keys,
                                       std::chrono::milliseconds patience) override {
    CO_TRY(co_await Behave(patience));
    Values values;
    {
      const std::lock_guard lock(server_.mutex);
      for (const std::string& key : keys) {
        const auto found = server_.values.find(key);
        values.push_back(found == server_.values.end() ? std::nullopt
                                                       : std::optional(found->second));
        if (server_.mood == FakeServer::Mood::kBabbles) values.back() = Babble();
      }
    }
    co_return values;
  }

  base::Task<base::Status> Put(std::string key, std::string value, std::chrono::seconds,
                               std::chrono::milliseconds patience) override {
    CO_TRY(co_await Behave(patience));
    if (server_.mood == FakeServer::Mood::kOnlyReads) {
      co_return base::Fail(base::ErrorCode::kUnavailable, "out of memory");
    }
    {
      const std::lock_guard lock(server_.mutex);
      server_.values[key] = std::move(value);
    }
    co_return base::Status();
  }

  size_t max_value_bytes() const override { return 1024 * 1024; }

 private:
  base::Task<base::Status> Behave(std::chrono::milliseconds patience) {
    ++server_.calls;
    server_.last_patience_ms = patience.count();
    if (server_.mood == FakeServer::Mood::kHangs || server_.calls > server_.well_for) {
      server_.waited_ms += patience.count();
      co_return base::Fail(base::ErrorCode::kDeadlineExceeded, "no answer in time");
    }
    if (server_.mood == FakeServer::Mood::kRefuses ||
        static_cast<int>(base::RandomUint64() % 100) < server_.failing_percent) {
      co_return base::Fail(base::ErrorCode::kUnavailable, "connection refused");
    }
    co_return base::Status();
  }

  static std::string Babble() {
    std::string bytes(base::RandomUint64() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(base::RandomUint64());
    return bytes;
  }

  FakeServer& server_;
};

}  // namespace cruddur::cache
