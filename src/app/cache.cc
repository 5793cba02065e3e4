#include "app/cache.h"

#include <thread>

#include "cache/momento_store.h"
#include "cache/redis_store.h"
#include "net/loop_pool.h"

namespace cruddur::app {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;

// Of a command, whom nobody waits for but the operator.
constexpr std::chrono::seconds kCommandPatience{1}, kDropTime{5};

// Null: the cache is in memory. The name of the adapter goes into `adapter`.
Result<std::unique_ptr<cache::RemoteStore>> OpenRemote(const Settings& settings,
                                                       std::string& adapter) {
  const std::string& url = settings.Text("cache-url");
  const std::string& token = settings.Text("momento-auth-token");
  const std::string& ca_file = settings.Text("cache-ca");
  if (!url.empty() && !token.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "cache-url and momento-auth-token: choose one");
  }
  if (!url.empty()) {
    auto address = cache::RedisAddress::Parse(url);
    if (!address) return Fail(address.error().code, "cache-url: " + address.error().message);
    adapter = "redis";
    return std::make_unique<cache::RedisStore>(*std::move(address), ca_file);
  }
  if (token.empty()) return nullptr;
  const std::string& endpoint = settings.Text("momento-endpoint");
  TRY_ASSIGN(auto origin,
             endpoint.empty() ? cache::MomentoOrigin(token) : net::Origin::Parse(endpoint));
  adapter = "momento";
  return std::make_unique<cache::MomentoStore>(
      cache::MomentoOptions{.origin = std::move(origin),
                            .cache_name = settings.Text("momento-cache-name"),
                            .auth_token = token,
                            .ca_file = ca_file});
}

}  // namespace

Result<PageStore> PageStore::Open(const Settings& settings, base::Loop& loop,
                                  const base::Clock& clock) {
  PageStore store;
  const std::chrono::seconds age(settings.Integer("cache-ttl-seconds"));
  TRY_ASSIGN(auto remote, OpenRemote(settings, store.adapter_));
  if (remote) {
    store.Use(std::move(remote), settings, loop,
              std::chrono::milliseconds(settings.Integer("cache-timeout-ms")));
    return store;
  }
  const auto bytes = static_cast<size_t>(settings.Integer("page-cache-mb")) << 20;
  if (bytes == 0) return store;
  auto made = std::make_unique<cache::MemoryCache>(
      cache::MemoryCacheOptions{.max_bytes = bytes, .max_age = age}, clock);
  store.adapter_ = "memory";
  store.memory_ = made.get();
  store.cache_ = std::move(made);
  return store;
}

Result<PageStore> PageStore::OpenShared(const Settings& settings, base::Loop& loop) {
  PageStore store;
  TRY_ASSIGN(auto remote, OpenRemote(settings, store.adapter_));
  if (remote) store.Use(std::move(remote), settings, loop, kCommandPatience);
  return store;
}

void PageStore::Use(std::unique_ptr<cache::RemoteStore> remote, const Settings& settings,
                    base::Loop& loop, std::chrono::milliseconds patience) {
  auto made = std::make_unique<cache::RemoteCache>(
      loop, std::move(remote),
      cache::RemoteCacheOptions{
          .name = adapter_,
          .patience = patience,
          .max_age = std::chrono::seconds(settings.Integer("cache-ttl-seconds"))});
  remote_ = made.get();
  cache_ = std::move(made);
}

std::vector<std::string_view> SharedCacheSettings() {
  return {"cache-url", "cache-ca", "momento-cache-name", "momento-endpoint", "cache-ttl-seconds"};
}

Result<bool> DropShared(const Settings& settings, const std::vector<std::string>& keys) {
  net::LoopPool loops(1);
  TRY_ASSIGN(const PageStore store, PageStore::OpenShared(settings, loops.loop(0)));
  if (store.remote() == nullptr) return false;
  if (keys.empty()) store.get()->DropAll();
  for (const std::string& key : keys) store.get()->Drop(key);
  const auto end = std::chrono::steady_clock::now() + kDropTime;
  while (store.remote()->pending() > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  const bool done = store.remote()->pending() == 0;
  loops.Stop();
  if (done) return true;
  return Fail(ErrorCode::kUnavailable, "the cache can't be reached: nothing was dropped");
}

void PageStore::Stop(std::chrono::milliseconds grace) {
  if (remote_) remote_->Stop(grace);
}

void PageStore::CountIn(base::Registry& registry) const {
  if (!cache_) return;
  const std::string label = "adapter=\"" + adapter_ + "\"";
  const auto gauge = [&](std::string name, std::string help, auto read) {
    registry.AddGauge(
        std::move(name), std::move(help), [read] { return static_cast<double>(read()); }, label);
  };
  cache::CacheCounters& counters = cache_->counters();
  gauge("cruddur_cache_hits", "Values found in the cache.",
        [&counters] { return counters.hits.value(); });
  gauge("cruddur_cache_misses", "Values that the cache didn't have, or couldn't be asked for.",
        [&counters] { return counters.misses.value(); });
  gauge("cruddur_cache_sets_refused", "Values that were overtaken by a change, and not kept.",
        [&counters] { return counters.refused.value(); });
  counters.lookup_time =
      &registry.AddHistogram("cruddur_cache_lookup_seconds",
                             "Time of look-ups; of one in 64 where the cache is in memory.", label);
  if (memory_) {
    gauge("cruddur_cache_bytes", "Memory that cached values take.",
          [memory = memory_] { return memory->bytes(); });
  }
  if (!remote_) return;
  gauge("cruddur_cache_failures", "Calls of the cache that failed or were late.",
        [&counters] { return counters.failures.value(); });
  gauge("cruddur_cache_away", "1 while the cache isn't used because it fails.",
        [remote = remote_] { return remote->away() ? 1 : 0; });
  gauge("cruddur_cache_drops_pending", "Changes that the cache hasn't been told of yet.",
        [remote = remote_] { return remote->pending(); });
}

}  // namespace cruddur::app
