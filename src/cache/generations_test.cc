#include "cache/generations.h"

#include <gtest/gtest.h>

#include <string>

namespace cruddur::cache {
namespace {

TEST(Generations, KeepsWhatIsLookedUp) {
  Generations<int> map(1'000);
  map.Put("hot", 1);
  for (int i = 0; i < 100'000; ++i) {
    map.Put(std::to_string(i), i);
    ASSERT_EQ(map.Find("hot"), 1) << i;
    ASSERT_LE(map.size(), 1'000u);
  }
  EXPECT_EQ(map.Find("0"), std::nullopt);
}

TEST(Generations, ReplacesErasesAndClears) {
  Generations<int> map(100);
  map.Put("a", 1);
  map.Put("a", 2);
  EXPECT_EQ(map.Find("a"), 2);
  EXPECT_EQ(map.PutIfAbsent("a", 3), 2);
  EXPECT_EQ(map.PutIfAbsent("b", 3), 3);
  map.Update("a", [](int& value) { ++value; });
  map.Update("c", [](int& value) { ++value; });
  EXPECT_EQ(map.Find("a"), 3);
  EXPECT_EQ(map.Find("c"), std::nullopt);
  map.Erase("a");
  EXPECT_EQ(map.Find("a"), std::nullopt);
  map.Clear();
  EXPECT_EQ(map.size(), 0u);
}

}  // namespace
}  // namespace cruddur::cache
