// One load for many who ask for the same at the same time in this process.
//
// Whoever comes while a load of the same key and version is under way waits for it. The version is
// that of the caller's own look-up, so nobody is handed what was read before something that he has
// seen acknowledged. Without a version (0) everybody loads alone. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "cache/cache.h"
#include "net/sockets.h"

namespace cruddur::cache {

class SharedLoads {
 public:
  using Loaded = base::Result<Bytes>;

  // load() -> Task<Loaded>, called at most once by this caller, on his loop. Who waits gets the
  // error of the load that he waited for.
  template <class Load>
  base::Task<Loaded> Run(std::string_view key, uint64_t version, Load load) {
    if (version == 0) co_return co_await load();
    const std::string name = NameOf(key, version);
    const base::Executor executor = co_await base::asio::this_coro::executor;
    if (const auto waiter = Join(name, executor)) {
      shared_.Add();
      co_return co_await Wait(waiter);
    }
    // Whatever ends this load, those who wait are answered.
    Leader leader(*this, name);
    Loaded loaded = co_await load();
    leader.Finish(loaded);
    co_return loaded;
  }

  // Loads that were spared.
  uint64_t shared() const { return shared_.value(); }

 private:
  struct Waiter {
    explicit Waiter(const base::Executor& executor) : timer(executor, net::SteadyTime::max()) {}

    net::Timer timer;              // cancelled on its own loop when the answer is there
    std::optional<Loaded> answer;  // written there too
  };
  using Waiters = std::vector<std::shared_ptr<Waiter>>;

  class Leader {
   public:
    Leader(SharedLoads& loads, const std::string& name) : loads_(loads), name_(name) {}
    ~Leader();
    void Finish(const Loaded& loaded);

   private:
    SharedLoads& loads_;
    const std::string& name_;
    bool finished_ = false;
  };

  static std::string NameOf(std::string_view key, uint64_t version);
  // Null: the caller leads the load.
  std::shared_ptr<Waiter> Join(const std::string& name, const base::Executor& executor);
  static base::Task<Loaded> Wait(std::shared_ptr<Waiter> waiter);
  void End(const std::string& name, const Loaded& loaded);

  std::mutex mutex_;
  std::unordered_map<std::string, Waiters> running_;  // protected by mutex_
  base::Counter shared_;
};

}  // namespace cruddur::cache
