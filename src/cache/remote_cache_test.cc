#include "cache/remote_cache.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/log.h"
#include "cache/dawdling_store_fixture.h"
#include "cache/envelope.h"
#include "cache/fake_server_fixture.h"
#include "net/loop_pool.h"
#include "net/test_run.h"

namespace cruddur::cache {
namespace {

using namespace std::chrono_literals;
using Mood = FakeServer::Mood;

class RemoteCacheTest : public ::testing::Test {
 protected:
  RemoteCacheTest() { base::ConfigureLog(base::LogLevel::kOff, base::LogFormat::kText); }
  ~RemoteCacheTest() override { loops.Stop(); }

  template <class T>
  T Run(base::Task<T> task) {
    return net::RunOn(loops.loop(0), std::move(task));
  }
  Lookup Get(std::string_view key, RemoteCache& from) { return Run(from.Get(key)); }
  Lookup Get(std::string_view key) { return Get(key, cache); }
  // SetIfNewer doesn't wait for the server.
  void Set(std::string_view key, uint64_t version, std::string text, RemoteCache& to) {
    const int before = server.calls;
    Run(to.SetIfNewer(key, version, std::make_shared<const std::string>(std::move(text))));
    Await([&] { return server.calls > before; });
    Run(Breath());
  }
  void Set(std::string_view key, uint64_t version, std::string text) {
    Set(key, version, std::move(text), cache);
  }
  // Lets what is queued on the loop be done.
  static base::Task<void> Breath() {
    for (int i = 0; i < 10; ++i) {
      net::Timer timer(co_await base::asio::this_coro::executor, 0us);
      co_await timer.async_wait(base::kUseTask);
    }
  }
  template <class Condition>
  void Await(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << "waited in vain";
      std::this_thread::sleep_for(1ms);
    }
  }
  std::unique_ptr<RemoteCache> NewCache(RemoteCacheOptions options) {
    return std::make_unique<RemoteCache>(loops.loop(0), std::make_unique<FakeStore>(server),
                                         std::move(options));
  }

  net::LoopPool loops{2};
  FakeServer server;
  const RemoteCacheOptions options{.patience = 2s, .retry_interval = 1ms, .max_pending = 100};
  RemoteCache cache{loops.loop(0), std::make_unique<FakeStore>(server), options};
  RemoteCache other{loops.loop(1), std::make_unique<FakeStore>(server), options};
};

TEST_F(RemoteCacheTest, GivesEveryProcessWhatOneHasSet) {
  const Lookup miss = Get("a");
  EXPECT_EQ(miss.bytes, nullptr);
  ASSERT_NE(miss.version, 0u);
  Set("a", miss.version, "value");
  ASSERT_NE(Get("a").bytes, nullptr);
  EXPECT_EQ(*Get("a").bytes, "value");
  EXPECT_EQ(*Get("a", other).bytes, "value");
  EXPECT_EQ(Get("b").bytes, nullptr);
}

TEST_F(RemoteCacheTest, RefusesWhatWasLoadedBeforeADropOfAnotherProcess) {
  const Lookup miss = Get("a");
  Run(other.DropEverywhere({"a"}));  // the loader reads the store somewhere around here
  Set("a", miss.version, "old");
  EXPECT_EQ(Get("a").bytes, nullptr);
  EXPECT_EQ(Get("a", other).bytes, nullptr);
  Set("a", Get("a").version, "new");
  EXPECT_EQ(*Get("a", other).bytes, "new");
}

TEST_F(RemoteCacheTest, DropsAtOnceHereAndSoonElsewhere) {
  Set("a", Get("a").version, "old");
  server.mood = Mood::kRefuses;
  cache.Drop("a");
  EXPECT_EQ(Get("a").bytes, nullptr) << "although the server couldn't be told";
  server.mood = Mood::kWell;
  Await([&] { return cache.pending() == 0 && !cache.away(); });
  EXPECT_EQ(Get("a", other).bytes, nullptr);
  EXPECT_EQ(Get("a").bytes, nullptr);
}

TEST_F(RemoteCacheTest, DropsAll) {
  for (const std::string_view key : {"a", "b"}) Set(key, Get(key).version, "x");
  cache.DropAll();
  EXPECT_EQ(Get("a").bytes, nullptr);
  Await([&] { return cache.pending() == 0; });
  EXPECT_EQ(Get("b").bytes, nullptr);
  Set("b", Get("b").version, "y");
  EXPECT_EQ(*Get("b").bytes, "y");
}

TEST_F(RemoteCacheTest, DropsAllWhereMoreIsPendingThanItKeeps) {
  Set("unrelated", Get("unrelated").version, "x");
  server.mood = Mood::kRefuses;
  for (int i = 0; i < 200; ++i) cache.Drop("key" + std::to_string(i));
  EXPECT_LE(cache.pending(), options.max_pending + 1);
  server.mood = Mood::kWell;
  Await([&] { return cache.pending() == 0 && !cache.away(); });
  EXPECT_EQ(Get("unrelated").bytes, nullptr);
  EXPECT_NE(Get("unrelated").version, 0u);
}

TEST_F(RemoteCacheTest, StaysAwayFromAServerThatFailsAndComesBack) {
  Set("a", Get("a").version, "x");
  const auto slow = NewCache({.patience = 1ms, .retry_interval = 1ms});
  server.mood = Mood::kHangs;
  Get("a", *slow);
  Get("a", *slow);
  ASSERT_TRUE(slow->away());
  const Lookup lookup = Get("a", *slow);
  EXPECT_EQ(lookup.bytes, nullptr);
  EXPECT_EQ(lookup.version, 0u) << "nothing is to be kept";
  server.mood = Mood::kWell;
  Await([&] { return !slow->away(); });
  EXPECT_NE(Get("a", *slow).bytes, nullptr);
}

// All that a request asks of the cache: who asks, whether he is a member, the page, and for a write
// the drop of what it changed, whose keys go out together. By the patience that each call was
// given, which is what a server that hangs takes.
TEST_F(RemoteCacheTest, CostsARequestAtMost50MillisecondsWhereverTheServerBeginsToHang) {
  const auto request = [](RemoteCache& asked) -> base::Task<void> {
    for (const std::string_view key : {"user", "member", "page"}) co_await asked.Get(key);
    std::vector<std::string> changed;
    changed.emplace_back("page");
    co_await asked.DropEverywhere(std::move(changed));
  };
  for (int well_for = 0; well_for < 8; ++well_for) {
    server.Forget();  // so that versions have to be made too
    server.calls = 0;
    server.waited_ms = 0;
    server.well_for = well_for;
    const auto hung = NewCache({.retry_interval = 1h});
    Run(request(*hung));
    EXPECT_LE(server.waited_ms, 50) << "after " << well_for << " calls that went well";
    hung->Stop(0ms);
    Run(Breath());
  }
}

// Two calls of one look-up share its patience: what the first one took the second one hasn't.
TEST_F(RemoteCacheTest, GivesALookUpOnePatienceForAllItsCalls) {
  RemoteCache slow(loops.loop(0),
                   std::make_unique<DawdlingStore>(std::make_unique<FakeStore>(server), 10ms, 5ms),
                   {.patience = 2s, .retry_interval = 1ms});
  EXPECT_NE(Get("a", slow).version, 0u);
  EXPECT_LE(server.last_patience_ms, 1'990) << "of the version that had to be made";
}

TEST_F(RemoteCacheTest, AsksAServerThatIsAwayNoMoreThanOnceAnInterval) {
  const auto calm = NewCache({.patience = 1ms, .retry_interval = 1h});
  server.mood = Mood::kRefuses;
  for (int i = 0; i < 2; ++i) Get("a", *calm);
  Await([&] { return calm->away(); });
  Run(Breath());
  const int before = server.calls;
  for (int i = 0; i < 100; ++i) {
    Get("a", *calm);
    Run(calm->DropEverywhere({"a"}));
  }
  EXPECT_EQ(server.calls, before);
}

TEST_F(RemoteCacheTest, HasNoUseForAServerThatOnlyReads) {
  Set("a", Get("a").version, "x");
  server.mood = Mood::kOnlyReads;
  for (int i = 0; i < 2; ++i) Run(cache.DropEverywhere({"b"}));
  ASSERT_TRUE(cache.away());
  const int before = server.calls;
  Await([&] { return server.calls > before + 5; });  // it is asked again and again
  EXPECT_TRUE(cache.away());
  EXPECT_EQ(Get("a").version, 0u);
  server.mood = Mood::kWell;
  Await([&] { return !cache.away() && cache.pending() == 0; });
  EXPECT_EQ(*Get("a").bytes, "x");
}

TEST_F(RemoteCacheTest, BringsNothingBackWhereAVersionIsLost) {
  const auto lose_version = [&] {
    const std::lock_guard lock(server.mutex);
    server.values.erase("cruddur:1:n:a");
  };
  Set("a", Get("a").version, "old");
  lose_version();
  EXPECT_EQ(Get("a").bytes, nullptr);
  Run(cache.DropEverywhere({"a"}));
  lose_version();
  EXPECT_EQ(Get("a").bytes, nullptr);
  EXPECT_EQ(Get("a", other).bytes, nullptr);
}

TEST_F(RemoteCacheTest, DeliversItsDropsBeforeItStops) {
  Set("a", Get("a").version, "old");
  RemoteCache slow(loops.loop(0),
                   std::make_unique<DawdlingStore>(std::make_unique<FakeStore>(server), 2ms),
                   options);
  slow.Drop("a");
  slow.Stop(20s);
  EXPECT_EQ(slow.pending(), 0u);
  EXPECT_EQ(Get("a", other).bytes, nullptr);
}

TEST_F(RemoteCacheTest, TakesNothingThatItHasNotWritten) {
  server.mood = Mood::kBabbles;
  for (int i = 0; i < 1'000; ++i) ASSERT_EQ(Get("a").bytes, nullptr);
  server.mood = Mood::kWell;
  // Another key's value, another format's, and one that lost its end.
  const Lookup lookup = Get("a");
  Set("a", lookup.version, "value");
  {
    const std::lock_guard lock(server.mutex);
    const std::string value = server.values.at("cruddur:1:v:a");
    server.values["cruddur:1:v:b"] = value;
    server.values["cruddur:1:v:c"] = "OLD!" + value.substr(4);
    server.values["cruddur:1:v:d"] = value.substr(0, value.size() - 1);
  }
  EXPECT_NE(Get("a").bytes, nullptr);
  for (const std::string_view key : {"b", "c", "d"}) EXPECT_EQ(Get(key).bytes, nullptr) << key;
}

TEST_F(RemoteCacheTest, LosesEverythingGracefully) {
  Run(cache.DropEverywhere({"a"}));
  const Lookup before = Get("a");
  Set("a", before.version, "x");
  server.Forget();
  EXPECT_EQ(Get("a").bytes, nullptr);
  Set("a", before.version, "from before");
  EXPECT_EQ(Get("a").bytes, nullptr);
  Set("a", Get("a").version, "new");
  EXPECT_EQ(*Get("a").bytes, "new");
}

TEST(Envelope, OpensWhatWasSealedForThatKey) {
  const std::string sealed = Seal("key", 42, "contents");
  const auto opened = Open("key", sealed);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->tag, 42u);
  EXPECT_EQ(opened->contents, "contents");
  EXPECT_FALSE(Open("kez", sealed));
  EXPECT_FALSE(Open("key", ""));
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] ^= 1;
    EXPECT_FALSE(Open("key", changed)) << i;
    EXPECT_FALSE(Open("key", sealed.substr(0, i))) << i;
  }
}

}  // namespace
}  // namespace cruddur::cache
