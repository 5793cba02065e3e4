#include "accounts/sharded_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace cruddur::accounts {
namespace {

std::optional<int> Get(ShardedCache<int>& cache, const std::string& key) {
  std::optional<int> value;
  cache.Visit(HashedKey(key), [&](int& found) { value = found; });
  return value;
}

TEST(ShardedCache, GivesWhatWasPut) {
  ShardedCache<int> cache(100);
  EXPECT_EQ(Get(cache, "a"), std::nullopt);
  cache.Put(HashedKey("a"), 1);
  cache.Put(HashedKey("b"), 2);
  cache.Put(HashedKey("a"), 3);
  EXPECT_EQ(Get(cache, "a"), 3);
  EXPECT_EQ(Get(cache, "b"), 2);
  EXPECT_EQ(cache.size(), 2u);
  cache.Erase(HashedKey("a"));
  cache.Erase(HashedKey("a"));
  EXPECT_EQ(Get(cache, "a"), std::nullopt);
  EXPECT_EQ(cache.size(), 1u);
  cache.Put(HashedKey("c"), 4);  // in the place that became free
  EXPECT_EQ(Get(cache, "c"), 4);
}

TEST(ShardedCache, HoldsNoMoreThanItsCapacity) {
  ShardedCache<int> cache(160);
  for (int i = 0; i < 10'000; ++i) cache.Put(HashedKey(std::to_string(i)), i);
  EXPECT_LE(cache.size(), 160u);
  EXPECT_GE(cache.size(), 100u) << "all shards are used";
  for (int i = 0; i < 10'000; ++i) {
    const auto value = Get(cache, std::to_string(i));
    EXPECT_TRUE(!value || value == i);
  }
}

TEST(ShardedCache, KeepsWhatIsAskedFor) {
  ShardedCache<int> cache(160);
  cache.Put(HashedKey("wanted"), 7);
  for (int i = 0; i < 10'000; ++i) {
    cache.Put(HashedKey(std::to_string(i)), i);
    ASSERT_EQ(Get(cache, "wanted"), 7) << i;
  }
}

TEST(ShardedCache, TellsKeysOfOneHashApart) {
  ShardedCache<int> cache(100);
  cache.Put(HashedKey("a", 1), 1);
  cache.Put(HashedKey("b", 1), 2);
  int value = 0;
  EXPECT_TRUE(cache.Visit(HashedKey("a", 1), [&](int& found) { value = found; }));
  EXPECT_EQ(value, 1);
  EXPECT_FALSE(cache.Visit(HashedKey("c", 1), [](int&) {}));
}

TEST(ShardedCache, IsShared) {
  ShardedCache<std::string> cache(200);
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 5'000; ++i) {
          const std::string key = std::to_string((i * 7 + thread) % 400);
          if (i % 3 == 0) cache.Put(HashedKey(key), key);
          if (i % 11 == 0) cache.Erase(HashedKey(key));
          cache.Visit(HashedKey(key), [&](std::string& value) { wrong += value != key; });
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace cruddur::accounts
