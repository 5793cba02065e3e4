// Invariants 4, 6, 7 and 8 of dynamodb-semantics.md section 1: what becomes visible together, and
// what concurrent writes make of each other.
#include <thread>

#include "engine/random_tables_fixture.h"

namespace cruddur::engine {
namespace {

using model::DbErrorCode;
using model::Item;
using model::Number;
using model::Type;

constexpr int kAccounts = 6;
constexpr int64_t kTotal = kAccounts * 100;

int64_t NumberIn(const Item& item, const char* name) {
  int64_t number = -1;
  const auto* value = item.Find(name);
  if (value != nullptr && value->type() == Type::kN) value->As<Number>()->AsInt64(number);
  return number;
}

class EngineInvariantTransactions : public EngineInvariant {
 protected:
  static Item Account(int64_t number) { return {{"pk", "account"}, {"sk", Number(number)}}; }

  void OpenAccounts() {
    Create(RandomTable("bank"));
    for (int64_t i = 0; i < kAccounts; ++i) {
      Item account = Account(i);
      account.Set("v", Number(100));
      account.Set("g", "open");
      MustPut("bank", account);
    }
  }
  static model::TransactWriteItemsRequest Transfer(int64_t from, int64_t to) {
    const auto add = [](int64_t account, int64_t amount) {
      return model::UpdateItemRequest{.table = "bank",
                                      .key = Account(account),
                                      .update_expression = "ADD v :amount",
                                      .placeholders = {.values = {{":amount", Number(amount)}}}};
    };
    return {.items = {add(from, -1), add(to, 1)}};
  }
  DbResult<model::TransactGetItemsResponse> ReadAccounts() {
    model::TransactGetItemsRequest request;
    for (int64_t i = 0; i < kAccounts; ++i) {
      request.items.push_back({.table = "bank", .key = Account(i)});
    }
    return engine().TransactGetItems(request);
  }
  int64_t Sum() {
    auto read = ReadAccounts();
    EXPECT_TRUE(read);
    int64_t sum = 0;
    for (const auto& item : read->items) sum += NumberIn(*item, "v");
    return sum;
  }
};

TEST_F(EngineInvariantTransactions, TransactGetIsOneSnapshot) {
  OpenAccounts();
  std::vector<std::jthread> writers;
  for (int thread = 0; thread < 2; ++thread) {
    writers.emplace_back([&, thread](std::stop_token stop) {
      Random random(TestSeed() + thread);
      while (!stop.stop_requested()) {
        const auto from = static_cast<int64_t>(random.Below(kAccounts));
        const auto to = (from + 1 + static_cast<int64_t>(random.Below(kAccounts - 1))) % kAccounts;
        auto done = Transact(Transfer(from, to));
        if (!done) EXPECT_EQ(done.error().code, DbErrorCode::kTransactionConflict);
      }
    });
  }
  for (int i = 0; i < 300; ++i) EXPECT_EQ(Sum(), kTotal);
  writers.clear();  // joins
  EXPECT_EQ(Sum(), kTotal);
}

TEST_F(EngineInvariantTransactions, QueriesOfIndexAndTableAreReadCommitted) {
  OpenAccounts();
  // A write moves an item within the index: whoever looks sees it once.
  std::jthread writer([&](std::stop_token stop) {
    for (int64_t i = 0; !stop.stop_requested(); ++i) {
      EXPECT_TRUE(Update({.table = "bank",
                          .key = Account(i % kAccounts),
                          .update_expression = "SET ls = :ls, gn = :one, gb = :gb",
                          .placeholders = {.values = {{":ls", KeyTexts()[i % 8]},
                                                      {":one", Number(1)},
                                                      {":gb", model::Binary{"x"}}}}}));
    }
  });
  for (int i = 0; i < 300; ++i) {
    auto page = engine().Query({.table = "bank",
                                .index = "flat",
                                .key_condition_expression = "g = :g",
                                .placeholders = {.values = {{":g", "open"}}}});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->count, kAccounts);
    auto wide = engine().Query({.table = "bank",
                                .index = "wide",
                                .key_condition_expression = "g = :g AND gn = :one",
                                .placeholders = {.values = {{":g", "open"}, {":one", Number(1)}}}});
    ASSERT_TRUE(wide);
    EXPECT_LE(wide->count, kAccounts);
    for (size_t a = 0; a < wide->items.size(); ++a) {
      for (size_t b = a + 1; b < wide->items.size(); ++b) {
        EXPECT_NE(*wide->items[a].Find("sk"), *wide->items[b].Find("sk"));
      }
    }
  }
}

TEST_F(EngineInvariantTransactions, TableIndexesAndStreamOfAWriteAppearTogether) {
  const std::string arn = Create(RandomTable("together")).stream_arn;
  // When the stream tells of a write, table and index have it.
  std::atomic<int> told = 0, missing = 0;
  auto subscription = engine().Subscribe("together", [&](const CommittedRecords& records) {
    for (const model::StreamRecord& record : records.records) {
      ++told;
      const int64_t n = NumberIn(*record.new_image, "v");
      auto got = engine().GetItem({.table = "together", .key = record.keys});
      if (!got || !got->item || NumberIn(*got->item, "v") < n) ++missing;
      auto query = engine().Query({.table = "together",
                                   .index = "flat",
                                   .key_condition_expression = "g = :g",
                                   .placeholders = {.values = {{":g", "one"}}}});
      if (!query || query->count == 0 || NumberIn(query->items[0], "v") < n) ++missing;
    }
  });
  constexpr int kWrites = 100;
  for (int64_t i = 0; i < kWrites; ++i) {
    MustPut("together", {{"pk", "a"}, {"sk", Number(1)}, {"g", "one"}, {"v", Number(i)}});
    // And once a write is acknowledged, so is all of it.
    EXPECT_EQ(NumberIn(*Get("together", {{"pk", "a"}, {"sk", Number(1)}}), "v"), i);
    auto query = engine().Query({.table = "together",
                                 .index = "flat",
                                 .key_condition_expression = "g = :g",
                                 .placeholders = {.values = {{":g", "one"}}}});
    ASSERT_TRUE(query && query->count == 1);
    EXPECT_EQ(NumberIn(query->items[0], "v"), i);
  }
  subscription.reset();
  EXPECT_EQ(told, kWrites);
  EXPECT_EQ(missing, 0);
  const auto shard = engine().DescribeStream({.stream_arn = arn})->shards.at(0);
  const auto iterator = engine().GetShardIterator({.stream_arn = arn, .shard_id = shard.id});
  EXPECT_EQ(engine().GetRecords({.shard_iterator = *iterator})->records.size(), 100u);
}

TEST_F(EngineInvariantTransactions, TheTokenIsAsDurableAsItsWrites) {
  OpenAccounts();
  auto request = Transfer(0, 1);
  request.client_request_token = "once";
  ASSERT_TRUE(Transact(request));
  ASSERT_TRUE(Transact(request));
  Restart();
  ASSERT_TRUE(Transact(request));
  EXPECT_EQ(NumberIn(*Get("bank", Account(1)), "v"), 101);
  auto other = Transfer(0, 2);
  other.client_request_token = "once";
  auto refused = Transact(other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, DbErrorCode::kIdempotentParameterMismatch);
  clock().Advance(std::chrono::minutes(10) + std::chrono::seconds(1));
  ASSERT_TRUE(Transact(request));
  EXPECT_EQ(NumberIn(*Get("bank", Account(1)), "v"), 102);
}

TEST_F(EngineInvariantTransactions, ARefusedTransactionChangesNothing) {
  OpenAccounts();
  for (int round = 0; round < 30; ++round) {
    auto request = Transfer(0, 1);
    request.items.emplace_back(
        model::ConditionCheck{.table = "bank",
                              .key = Account(static_cast<int64_t>(random().Below(4)) + 2),
                              .condition_expression = "v <> :hundred",
                              .placeholders = {.values = {{":hundred", Number(100)}}}});
    std::swap(request.items[random().Below(3)], request.items[2]);
    ASSERT_FALSE(Transact(std::move(request)));
  }
  EXPECT_EQ(NumberIn(*Get("bank", Account(0)), "v"), 100);
  EXPECT_EQ(NumberIn(*Get("bank", Account(1)), "v"), 100);
}

// Starts `each` from several threads at once, `times` in each.
template <class Each>
void Concurrently(int threads, int times, Each each) {
  std::vector<std::jthread> running;
  for (int thread = 0; thread < threads; ++thread) {
    running.emplace_back([=, &each] {
      for (int i = 0; i < times; ++i) each(thread, i);
    });
  }
}

TEST_F(EngineInvariantTransactions, ConcurrentUnconditionalPutsAllSucceed) {
  Create(RandomTable("race"));
  Concurrently(4, 50, [&](int thread, int i) {
    EXPECT_TRUE(Put({.table = "race",
                     .item = {{"pk", "a"}, {"sk", Number(0)}, {"v", Number(thread * 1000 + i)}}}));
  });
  EXPECT_TRUE(Get("race", {{"pk", "a"}, {"sk", Number(0)}}));
}

TEST_F(EngineInvariantTransactions, OfExclusiveConditionalPutsOneSucceeds) {
  Create(RandomTable("race"));
  std::array<std::atomic<int>, 50> won{};
  Concurrently(4, 50, [&](int thread, int i) {
    auto put = Put({.table = "race",
                    .item = {{"pk", "a"}, {"sk", Number(i)}, {"v", Number(thread)}},
                    .condition_expression = "attribute_not_exists(pk)"});
    if (put) {
      ++won[i];
    } else {
      EXPECT_EQ(put.error().code, DbErrorCode::kConditionalCheckFailed);
    }
  });
  for (const auto& count : won) EXPECT_EQ(count, 1);
}

TEST_F(EngineInvariantTransactions, AddAddsUpUnderContention) {
  Create(RandomTable("race"));
  Concurrently(4, 100, [&](int, int i) {
    auto request = model::UpdateItemRequest{.table = "race",
                                            .key = {{"pk", "a"}, {"sk", Number(0)}},
                                            .update_expression = "ADD v :one",
                                            .placeholders = {.values = {{":one", Number(1)}}}};
    if (i % 4 == 0) {
      EXPECT_TRUE(Transact({.items = {request}}));
    } else {
      EXPECT_TRUE(Update(request));
    }
  });
  EXPECT_EQ(NumberIn(*Get("race", {{"pk", "a"}, {"sk", Number(0)}}), "v"), 400);
}

TEST_F(EngineInvariantTransactions, OneReadsOnesOwnWrites) {
  Create(RandomTable("race"));
  Concurrently(4, 50, [&](int thread, int i) {
    const Item item{{"pk", "a"}, {"sk", Number(thread)}, {"v", Number(i)}};
    EXPECT_TRUE(Put({.table = "race", .item = item}));
    EXPECT_EQ(Get("race", {{"pk", "a"}, {"sk", Number(thread)}}), item);
    auto page = engine().Query({.table = "race",
                                .key_condition_expression = "pk = :a AND sk = :s",
                                .placeholders = {.values = {{":a", "a"}, {":s", Number(thread)}}}});
    ASSERT_TRUE(page && page->count == 1);
    EXPECT_EQ(page->items[0], item);
  });
}

}  // namespace
}  // namespace cruddur::engine
