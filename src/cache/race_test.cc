// Readers and writers of one key on several processes' caches, with delays and reorderings: whoever
// reads after a write was acknowledged never sees what was there before it.
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "base/log.h"
#include "cache/dawdling_store_fixture.h"
#include "cache/fake_server_fixture.h"
#include "cache/memory_cache.h"
#include "cache/momento_fixture.h"
#include "cache/momento_store.h"
#include "cache/redis_fixture.h"
#include "cache/redis_store.h"
#include "cache/remote_cache.h"
#include "net/loop_pool.h"
#include "net/test_run.h"

namespace cruddur::cache {
namespace {

using namespace std::chrono_literals;

constexpr int kKeys = 3;

// The store behind the caches: a number a key, that only grows.
struct World {
  std::array<std::atomic<int>, kKeys> stored{};
  std::array<std::atomic<int>, kKeys> acknowledged{};
  std::atomic<bool> done{false};
  std::atomic<int> stale{0}, hits{0}, loads{0};
};

std::string KeyOf(int index) { return "key" + std::to_string(index); }

base::Task<void> Pause(std::chrono::microseconds most) {
  net::Timer timer(co_await base::asio::this_coro::executor,
                   std::chrono::microseconds(base::RandomUint64() % most.count()));
  co_await timer.async_wait(base::kUseTask);
}

base::Task<void> Read(World& world, Cache& cache) {
  for (int i = 0; !world.done; i = (i + 1) % kKeys) {
    const std::string key = KeyOf(i);
    const int before = world.acknowledged[i];
    const Lookup lookup = co_await cache.Get(key);
    if (lookup.bytes) {
      ++world.hits;
      if (std::stoi(*lookup.bytes) < before) ++world.stale;
    } else {
      const int loaded = world.stored[i];
      ++world.loads;
      co_await Pause(200us);
      co_await cache.SetIfNewer(key, lookup.version,
                                std::make_shared<const std::string>(std::to_string(loaded)));
    }
    co_await Pause(50us);
  }
}

base::Task<void> Write(World& world, Cache& cache, int writes) {
  for (int n = 0; n < writes; ++n) {
    const int i = static_cast<int>(base::RandomUint64() % kKeys);
    const int value = ++world.stored[i];
    co_await cache.DropEverywhere({KeyOf(i)});
    int seen = world.acknowledged[i];
    while (seen < value && !world.acknowledged[i].compare_exchange_weak(seen, value)) {
    }
    co_await Pause(3'000us);
  }
}

// Two readers on each cache, a writer on each of `writers`, all on `loops`, which outlive the
// caches.
void Race(net::LoopPool& loops, World& world, const std::vector<Cache*>& caches,
          const std::vector<Cache*>& writers, int writes) {
  base::ConfigureLog(base::LogLevel::kOff, base::LogFormat::kText);
  const auto start = [&](base::Task<void> task) {
    return base::asio::co_spawn(loops.Next(), std::move(task), base::asio::use_future);
  };
  std::vector<std::future<void>> reading, writing;
  for (Cache* cache : caches) {
    for (int i = 0; i < 2; ++i) reading.push_back(start(Read(world, *cache)));
  }
  for (Cache* cache : writers) writing.push_back(start(Write(world, *cache, writes)));
  for (auto& writer : writing) writer.get();
  world.done = true;
  for (auto& reader : reading) reader.get();

  EXPECT_EQ(world.stale, 0);
  EXPECT_GT(world.hits, 0);
  EXPECT_GT(world.loads, writes);
  // What the caches have at the end is what the store has, or nothing, also when what was set late
  // has arrived.
  for (int round = 0; round < 20; ++round) {
    for (Cache* cache : caches) {
      for (int i = 0; i < kKeys; ++i) {
        const std::string key = KeyOf(i);
        const Lookup lookup = net::RunOn(loops.loop(0), cache->Get(key));
        if (lookup.bytes) EXPECT_EQ(std::stoi(*lookup.bytes), world.stored[i]);
      }
    }
  }
}

struct RaceTest : ::testing::Test {
  ~RaceTest() override { loops.Stop(); }
  // Its calls overtake each other on their way there and back.
  std::unique_ptr<RemoteCache> On(std::unique_ptr<RemoteStore> store) {
    return std::make_unique<RemoteCache>(
        loops.loop(0), std::make_unique<DawdlingStore>(std::move(store), 400us),
        RemoteCacheOptions{.patience = 20s, .retry_interval = 1ms});
  }

  World world;
  net::LoopPool loops{2};
};

TEST_F(RaceTest, InMemory) {
  base::SystemClock clock;
  MemoryCache cache({}, clock);
  Race(loops, world, {&cache}, {&cache, &cache}, 300);
}

TEST_F(RaceTest, TwoProcessesOnASlowServer) {
  FakeServer server;
  const auto a = On(std::make_unique<FakeStore>(server));
  const auto b = On(std::make_unique<FakeStore>(server));
  Race(loops, world, {a.get(), b.get()}, {a.get(), b.get()}, 300);
}

// The other processes can't be told then; those of the writer itself are never deceived.
TEST_F(RaceTest, OneProcessOnAServerThatFailsNowAndThen) {
  FakeServer server;
  server.failing_percent = 10;
  const auto cache = On(std::make_unique<FakeStore>(server));
  Race(loops, world, {cache.get()}, {cache.get(), cache.get()}, 300);
}

TEST_F(RaceTest, TwoProcessesOnRedis) {
  RedisServer server;
  const auto a = On(std::make_unique<RedisStore>(server.Address()));
  const auto b = On(std::make_unique<RedisStore>(server.Address()));
  Race(loops, world, {a.get(), b.get()}, {a.get(), b.get()}, 300);
}

TEST_F(RaceTest, TwoProcessesOnMomento) {
  MomentoStandIn server;
  const auto a = On(std::make_unique<MomentoStore>(server.Options()));
  const auto b = On(std::make_unique<MomentoStore>(server.Options()));
  Race(loops, world, {a.get(), b.get()}, {a.get(), b.get()}, 100);
}

}  // namespace
}  // namespace cruddur::cache
