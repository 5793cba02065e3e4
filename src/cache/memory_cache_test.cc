#include "cache/memory_cache.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/run_task.h"

namespace cruddur::cache {
namespace {

using base::RunTask;

Bytes Make(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

struct MemoryCacheTest : ::testing::Test {
  Lookup Get(std::string_view key) { return RunTask(cache.Get(key)); }
  void Set(std::string_view key, uint64_t version, std::string text) {
    RunTask(cache.SetIfNewer(key, version, Make(std::move(text))));
  }

  base::ManualClock clock{base::Micros(1'000'000)};
  MemoryCache cache{{.max_bytes = 1024 * 1024, .max_age = std::chrono::seconds(60)}, clock};
};

TEST_F(MemoryCacheTest, GivesBackWhatWasSet) {
  const Lookup miss = Get("a");
  EXPECT_EQ(miss.bytes, nullptr);
  Set("a", miss.version, "value");
  ASSERT_NE(Get("a").bytes, nullptr);
  EXPECT_EQ(*Get("a").bytes, "value");
  EXPECT_EQ(Get("b").bytes, nullptr);
  EXPECT_EQ(cache.counters().hits.value(), 2u);
  EXPECT_EQ(cache.counters().misses.value(), 2u);
}

TEST_F(MemoryCacheTest, RefusesWhatWasLoadedBeforeADrop) {
  const Lookup miss = Get("a");
  cache.Drop("a");  // the loader reads the store somewhere around here
  Set("a", miss.version, "old");
  EXPECT_EQ(Get("a").bytes, nullptr);
  EXPECT_EQ(cache.counters().refused.value(), 1u);
  Set("a", Get("a").version, "new");
  EXPECT_EQ(*Get("a").bytes, "new");
}

TEST_F(MemoryCacheTest, DropsOneOrAll) {
  for (const std::string_view key : {"a", "b", "c"}) Set(key, Get(key).version, "x");
  cache.Drop("a");
  EXPECT_EQ(Get("a").bytes, nullptr);
  EXPECT_NE(Get("b").bytes, nullptr);
  const uint64_t version = Get("a").version;
  cache.DropAll();
  EXPECT_EQ(Get("b").bytes, nullptr);
  EXPECT_EQ(cache.bytes(), 0u);
  Set("a", version, "from before");
  EXPECT_EQ(Get("a").bytes, nullptr);
}

TEST_F(MemoryCacheTest, ForgetsWhatIsTooOld) {
  Set("a", Get("a").version, "x");
  clock.Advance(std::chrono::seconds(50));
  EXPECT_NE(Get("a").bytes, nullptr);
  clock.Advance(std::chrono::seconds(11));
  EXPECT_EQ(Get("a").bytes, nullptr);
}

TEST_F(MemoryCacheTest, StaysWithinItsBytesAndKeepsWhatIsRead) {
  const std::string page(10'000, 'x');
  Set("hot", Get("hot").version, page);
  for (int i = 0; i < 1'000; ++i) {
    const std::string key = "cold" + std::to_string(i);
    Set(key, Get(key).version, page);
    ASSERT_NE(Get("hot").bytes, nullptr) << i;
    ASSERT_LE(cache.bytes(), 1024u * 1024);
  }
  EXPECT_EQ(Get("cold0").bytes, nullptr);
  Set("huge", Get("huge").version, std::string(1024 * 1024, 'x'));
  EXPECT_EQ(Get("huge").bytes, nullptr);
}

// Nobody asks for the hot pages while the scan goes on: LRU and its kin would have lost them.
TEST_F(MemoryCacheTest, KeepsWhatIsReadOftenThroughAScan) {
  const std::string page(1'000, 'x');
  std::vector<std::string> hot;
  for (int i = 0; i < 100; ++i) hot.push_back("hot" + std::to_string(i));
  for (const std::string& key : hot) Set(key, Get(key).version, page);
  for (int n = 0; n < 3; ++n) {
    for (const std::string& key : hot) ASSERT_NE(Get(key).bytes, nullptr);
  }
  // Ten times what fits in, each asked for a second time as it happens.
  for (int i = 0; i < 10'000; ++i) {
    const std::string key = "cold" + std::to_string(i);
    Set(key, Get(key).version, page);
    ASSERT_NE(Get(key).bytes, nullptr) << "what is new is there";
  }
  for (const std::string& key : hot) EXPECT_NE(Get(key).bytes, nullptr) << key;
}

// A page that was dropped by a write and loaded again need not earn its place anew.
TEST_F(MemoryCacheTest, KeepsWhatIsReadOftenAlthoughItChanges) {
  const std::string page(1'000, 'x');
  Set("hot", Get("hot").version, page);
  for (int n = 0; n < 3; ++n) Get("hot");
  cache.Drop("hot");
  Set("hot", Get("hot").version, page);
  for (int i = 0; i < 10'000; ++i) {
    const std::string key = "cold" + std::to_string(i);
    Set(key, Get(key).version, page);
  }
  EXPECT_NE(Get("hot").bytes, nullptr);
}

TEST_F(MemoryCacheTest, TakesWhatIsReadOftenNowForWhatWasReadOftenOnce) {
  const std::string page(1'000, 'x');
  const auto read = [&](const std::string& kind) {
    int there = 0;
    for (int i = 0; i < 400; ++i) {
      const std::string key = kind + std::to_string(i);
      const Lookup lookup = Get(key);
      if (lookup.bytes) ++there;
      if (!lookup.bytes) Set(key, lookup.version, page);
    }
    return there;
  };
  for (int n = 0; n < 5; ++n) read("yesterday");
  EXPECT_EQ(read("yesterday"), 400);
  for (int n = 0; n < 20; ++n) {
    read("today");
    read("tomorrow");
  }
  EXPECT_GT(read("today"), 300);
  EXPECT_LT(read("yesterday"), 400);
  EXPECT_LE(cache.bytes(), 1024u * 1024);
}

// A reader that loads while a writer writes and drops must never leave the older value behind.
TEST_F(MemoryCacheTest, NeverServesAValueFromBeforeAFinishedDrop) {
  std::atomic<int> store{0};     // what a load finds
  std::atomic<int> promised{0};  // the newest write that was acknowledged
  std::atomic<bool> done{false};
  std::atomic<int> stale{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const int before = promised;
        const Lookup lookup = Get("key");
        if (!lookup.bytes) {
          const int loaded = store;
          Set("key", lookup.version, std::to_string(loaded));
        } else if (std::stoi(*lookup.bytes) < before) {
          ++stale;
        }
      }
    });
  }
  for (int i = 1; i <= 20'000; ++i) {
    store = i;
    cache.Drop("key");
    promised = i;
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(stale, 0);
}

}  // namespace
}  // namespace cruddur::cache
