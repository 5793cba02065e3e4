// Many threads on one engine: what excludes one another, what adds up, what is seen together.
#include <atomic>
#include <thread>

#include "engine/consistency.h"
#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::Item;
using model::Number;
using model::PutItemRequest;
using model::UpdateItemRequest;

class Concurrency : public EngineFixture {
 protected:
  static constexpr int kThreads = 8;

  Concurrency() {
    model::CreateTableRequest request{.table = "items"};
    request.keys = {{{"pk", model::Type::kS}}, {}};
    request.stream_view = model::StreamViewType::kNewAndOldImages;
    request.indexes.push_back(
        {.name = "by-owner", .global = true, .keys = {{{"owner_id", model::Type::kN}}, {}}});
    Create(std::move(request));
  }
  template <class Work>
  void InParallel(Work work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back([&work, i] { work(i); });
    for (std::thread& thread : threads) thread.join();
  }
  int64_t Value(const char* pk, const char* name = "n") {
    int64_t value = -1;
    const auto item = Get("items", {{"pk", pk}});
    const auto* number = item ? item->Find(name) : nullptr;
    if (number != nullptr) (void)number->As<Number>()->AsInt64(value);
    return value;
  }
};

TEST_F(Concurrency, OfConditionalPutsThatExcludeEachOtherOneSucceeds) {
  constexpr int kKeys = 50;
  std::atomic<int> succeeded = 0, failed = 0, other = 0;
  InParallel([&](int thread) {
    for (int i = 0; i < kKeys; ++i) {
      const auto put = Put({.table = "items",
                            .item = {{"owner_id", Number(thread)}, {"pk", std::to_string(i)}},
                            .condition_expression = "attribute_not_exists(pk)"});
      if (put) {
        ++succeeded;
      } else if (put.error().code == model::DbErrorCode::kConditionalCheckFailed) {
        ++failed;
      } else {
        ++other;
      }
    }
  });
  EXPECT_EQ(succeeded, kKeys);
  EXPECT_EQ(failed, kKeys * (kThreads - 1));
  EXPECT_EQ(other, 0);
  ExpectConsistent(engine(), "items", true);
}

TEST_F(Concurrency, AdditionsAddUp) {
  constexpr int kTimes = 100;
  InParallel([&](int) {
    for (int i = 0; i < kTimes; ++i) {
      ASSERT_TRUE(Update({.table = "items",
                          .key = {{"pk", "counter"}},
                          .update_expression = "ADD n :one",
                          .placeholders = {.names = {}, .values = {{":one", Number(1)}}}}));
    }
  });
  EXPECT_EQ(Value("counter"), kThreads * kTimes);
  ExpectConsistent(engine(), "items", true);
}

TEST_F(Concurrency, ReadThenConditionalWriteLosesNoUpdate) {
  MustPut("items", {{"n", Number(0)}, {"pk", "balance"}});
  constexpr int kTimes = 40;
  InParallel([&](int) {
    for (int done = 0; done < kTimes;) {
      const int64_t seen = Value("balance");
      const auto put = Put({.table = "items",
                            .item = {{"n", Number(seen + 1)}, {"pk", "balance"}},
                            .condition_expression = "n = :seen",
                            .placeholders = {.names = {}, .values = {{":seen", Number(seen)}}}});
      if (put) ++done;
    }
  });
  EXPECT_EQ(Value("balance"), kThreads * kTimes);
}

TEST_F(Concurrency, TransactionsKeepTheirSumForEveryReader) {
  constexpr int kTimes = 100, kTotal = 1000;
  MustPut("items", {{"n", Number(kTotal)}, {"pk", "a"}});
  MustPut("items", {{"n", Number(0)}, {"pk", "b"}});
  std::atomic<bool> stop = false;
  std::atomic<int> reads = 0;
  std::thread reader([&] {
    while (!stop) {
      const auto both =
          engine().TransactGetItems({.items = {{.table = "items", .key = {{"pk", "a"}}},
                                               {.table = "items", .key = {{"pk", "b"}}}}});
      ASSERT_TRUE(both);
      int64_t sum = 0;
      for (const auto& item : both->items) {
        int64_t value = 0;
        ASSERT_TRUE(item->Find("n")->As<Number>()->AsInt64(value));
        sum += value;
      }
      ASSERT_EQ(sum, kTotal);
      ++reads;
    }
  });
  const auto change = [](const char* pk, const char* expression) {
    return UpdateItemRequest{.table = "items",
                             .key = {{"pk", pk}},
                             .update_expression = expression,
                             .placeholders = {.names = {}, .values = {{":one", Number(1)}}}};
  };
  InParallel([&](int) {
    for (int i = 0; i < kTimes; ++i) {
      ASSERT_TRUE(
          Transact({.items = {change("a", "SET n = n - :one"), change("b", "ADD n :one")}}));
    }
  });
  stop = true;
  reader.join();
  EXPECT_GT(reads, 0);
  EXPECT_EQ(Value("b"), kThreads * kTimes);
}

TEST_F(Concurrency, TablesComeAndGoUnderWrites) {
  std::atomic<bool> stop = false;
  std::thread dropper([&] {
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(Drop("items"));
      model::CreateTableRequest request{.table = "items"};
      request.keys = {{{"pk", model::Type::kS}}, {}};
      if (i % 2 == 0) request.stream_view = model::StreamViewType::kNewAndOldImages;
      Create(std::move(request));
    }
    stop = true;
  });
  InParallel([&](int thread) {
    for (int64_t i = 0; !stop; ++i) {
      const auto put =
          Put({.table = "items", .item = {{"n", Number(i)}, {"pk", std::to_string(thread)}}});
      if (!put) EXPECT_EQ(put.error().code, model::DbErrorCode::kResourceNotFound);
    }
  });
  dropper.join();
  ExpectConsistent(engine(), "items", false);
}

// Puts while the committer waits in its first callback: some are refused, all are answered.
void ExpectRefusals(EngineOptions options, size_t item_bytes) {
  options.in_memory = true;
  auto opened = Engine::Open(options);
  ASSERT_TRUE(opened);
  model::CreateTableRequest request{.table = "items"};
  request.keys = {{{"pk", model::Type::kS}}, {}};
  request.billing = model::BillingMode::kPayPerRequest;
  ASSERT_TRUE(Await<model::TableDescription>(
      [&](auto done) { (*opened)->CreateTable(request, std::move(done)); }));
  constexpr int kWrites = 500;
  std::atomic<int> done = 0, refused = 0;
  {
    std::promise<void> full;
    auto wait = full.get_future().share();
    for (int i = 0; i < kWrites; ++i) {
      model::Item item{{"pk", std::to_string(i)}, {"x", std::string(item_bytes, 'x')}};
      (*opened)->PutItem({.table = "items", .item = std::move(item)}, [&, wait](auto put) {
        if (put) {
          wait.wait();
          ++done;
        } else {
          EXPECT_EQ(put.error().code, model::DbErrorCode::kThrottling);
          ++refused;
        }
      });
    }
    // Of those that wait, and of those that the committer has taken, together.
    if (item_bytes > 0) {
      EXPECT_LE(static_cast<size_t>(kWrites - refused) * item_bytes, options.max_queued_bytes);
    }
    full.set_value();
    opened->reset();  // finishes what is queued
  }
  EXPECT_EQ(done + refused, kWrites);
  EXPECT_GT(refused, 0);
  EXPECT_GE(done, 4);
}

TEST_F(Concurrency, AFullQueueRefusesAndEveryCallIsAnswered) {
  ExpectRefusals({.max_queued_writes = 4}, 0);
}

TEST_F(Concurrency, AQueueFullOfBytesRefusesToo) {
  ExpectRefusals({.max_queued_bytes = 1'000'000}, 100'000);
}

}  // namespace
}  // namespace cruddur::engine
