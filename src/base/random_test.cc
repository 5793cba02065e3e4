#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace cruddur::base {
namespace {

TEST(Random, FillsEveryByte) {
  // Larger than the buffer of a thread, so that it is refilled on the way.
  std::vector<std::byte> bytes(5000);
  RandomBytes(bytes);
  std::set<std::byte> seen(bytes.begin(), bytes.end());
  EXPECT_EQ(seen.size(), 256u);
  EXPECT_NE(std::vector(bytes.begin(), bytes.begin() + 1024),
            std::vector(bytes.begin() + 1024, bytes.begin() + 2048));
}

TEST(Random, UnitStaysBelowOne) {
  double low = 1, high = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double value = RandomUnit();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    low = std::min(low, value);
    high = std::max(high, value);
  }
  EXPECT_LT(low, 0.1);
  EXPECT_GT(high, 0.9);
}

TEST(Random, UuidHasItsVersionAndVariant) {
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = NewUuid();
    ASSERT_TRUE(IsUuid(uuid)) << uuid;
    ASSERT_EQ(uuid[14], '4') << uuid;
    ASSERT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos) << uuid;
  }
}

TEST(Random, IdsOfSeveralThreadsAreAllDifferent) {
  std::mutex mutex;
  std::set<std::string> ids;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      std::vector<std::string> mine;
      for (int i = 0; i < 1000; ++i) mine.push_back(NewUuid());
      const std::lock_guard lock(mutex);
      ids.insert(mine.begin(), mine.end());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ids.size(), 4000u);
}

TEST(Random, KnowsAUuid) {
  EXPECT_TRUE(IsUuid("bd346c14-1f10-4bf1-8e0c-59ab8bb1d1e4"));
  EXPECT_TRUE(IsUuid("BD346C14-1F10-4BF1-8E0C-59AB8BB1D1E4"));
  const std::string_view bad[] = {
      "",
      "bd346c14-1f10-4bf1-8e0c-59ab8bb1d1e",
      "bd346c14-1f10-4bf1-8e0c-59ab8bb1d1e44",
      "bd346c141f10-4bf1-8e0c-59ab8bb1d1e4-",
      "gd346c14-1f10-4bf1-8e0c-59ab8bb1d1e4",
      "bd346c14-1f10-4bf1-8e0c_59ab8bb1d1e4",
      "{d346c14-1f10-4bf1-8e0c-59ab8bb1d1e}",
  };
  for (const auto text : bad) EXPECT_FALSE(IsUuid(text)) << text;
}

TEST(Random, RequestIdHasAmazonsForm) {
  const std::string id = NewRequestId();
  ASSERT_EQ(id.size(), 52u);
  for (const char c : id) {
    EXPECT_TRUE((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) << id;
  }
  EXPECT_NE(id, NewRequestId());
}

}  // namespace
}  // namespace cruddur::base
