// Invariants 3 and 6 of dynamodb-semantics.md section 1: indexes follow every write.
#include <thread>

#include "engine/random_tables_fixture.h"

namespace cruddur::engine {
namespace {

using model::Item;
using model::Number;
using model::Type;

TEST_F(EngineInvariant, EveryWriteTakesTheStaleIndexEntriesAway) {
  ReferenceTable table = MakeTable("indexed");
  for (int round = 0; round < 6; ++round) {
    for (int i = 0; i < 60; ++i) WriteRandomly(table);
    ExpectSame(table);
    if (round % 2 == 1) Restart();
    ExpectSame(table);
  }
}

TEST_F(EngineInvariant, TransactionsAndBatchesKeepIndexesToo) {
  ReferenceTable table = MakeTable("indexed");
  for (int round = 0; round < 40; ++round) {
    std::vector<Item> items;
    ReferenceTable distinct(table.schema());
    for (int i = 0; i < 8; ++i) {
      Item item = RandomItem(random());
      if (distinct.Find(item) != nullptr) continue;
      distinct.Put(item);
      items.push_back(std::move(item));
    }
    const bool transact = random().OneIn(2);
    model::TransactWriteItemsRequest transaction;
    std::vector<model::BatchWrite> batch;
    for (const Item& item : items) {
      const Item key{{"pk", *item.Find("pk")}, {"sk", *item.Find("sk")}};
      if (random().OneIn(3)) {
        transaction.items.emplace_back(model::DeleteItemRequest{.table = "indexed", .key = key});
        batch.push_back({.put = false, .item = key});
        table.Delete(key);
      } else {
        transaction.items.emplace_back(model::PutItemRequest{.table = "indexed", .item = item});
        batch.push_back({.put = true, .item = item});
        table.Put(item);
      }
    }
    if (transact) {
      auto done = Transact(std::move(transaction));
      ASSERT_TRUE(done) << done.error().message;
    } else {
      auto done = Await<model::BatchWriteItemResponse>([&](auto callback) {
        engine().BatchWriteItem({.tables = {{"indexed", std::move(batch)}}}, std::move(callback));
      });
      ASSERT_TRUE(done) << done.error().message;
      ASSERT_TRUE(done->unprocessed.empty());
    }
  }
  ExpectSame(table);
}

TEST_F(EngineInvariant, AWrongTypeForAnIndexKeyIsRefusedAtTheWrite) {
  ReferenceTable table = MakeTable("typed");
  for (int i = 0; i < 40; ++i) WriteRandomly(table);
  for (const Item& wrong : std::vector<Item>{{{"ls", Number(1)}},
                                             {{"g", model::Binary{"x"}}},
                                             {{"gn", "1"}},
                                             {{"gb", "text"}},
                                             {{"g", model::Null{}}},
                                             {{"g", ""}},
                                             {{"gb", model::Binary{""}}},
                                             {{"g", std::string(2049, 'x')}}}) {
    const model::Attribute& attribute = *wrong.begin();
    Item item = RandomKey(random());
    item.Set(attribute.name, attribute.value);
    auto put = Put({.table = "typed", .item = item});
    ASSERT_FALSE(put) << attribute.name;
    EXPECT_EQ(put.error().code, model::DbErrorCode::kValidation);
    auto update = Update({.table = "typed",
                          .key = RandomKey(random()),
                          .update_expression = "SET " + attribute.name + " = :v",
                          .placeholders = {.values = {{":v", attribute.value}}}});
    ASSERT_FALSE(update) << attribute.name;
    EXPECT_EQ(update.error().code, model::DbErrorCode::kValidation);
  }
  ExpectSame(table);
}

TEST_F(EngineInvariant, BackfillEndsBeforeTheIndexIsActive) {
  ReferenceTable table({.table = "growing",
                        .keys = {.partition = {{"pk", Type::kS}}, .sort = {{"sk", Type::kN}}},
                        .attribute_definitions = {{"pk", Type::kS}, {"sk", Type::kN}}});
  Create(table.schema());
  // Older items may have anything under the name of what becomes a key.
  for (int i = 0; i < 300; ++i) {
    Item item = RandomItem(random());
    item.Set("n", Number(i));
    if (random().OneIn(5)) item.Set("g", Number(7));
    MustPut("growing", item);
    table.Put(item);
  }
  const model::IndexDefinition added{
      .name = "later", .global = true, .keys = {.partition = {{"g", Type::kS}}}};
  ASSERT_TRUE(Update(model::UpdateTableRequest{
      .table = "growing",
      .attribute_definitions = {{"pk", Type::kS}, {"sk", Type::kN}, {"g", Type::kS}},
      .create_index = added}));
  // Writes go on meanwhile.
  for (int i = 0; i < 100; ++i) {
    const Item item = RandomItem(random());
    MustPut("growing", item);
    table.Put(item);
  }
  for (;;) {
    const auto description = engine().DescribeTable("growing");
    ASSERT_TRUE(description);
    const model::IndexDescription& index = description->indexes.at(0);
    if (index.status == model::TableStatus::kActive) {
      EXPECT_FALSE(index.backfilling);
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::vector<Item> expected;
  for (const Item& item : table.items()) {
    const auto* g = item.Find("g");
    if (g != nullptr && g->type() == Type::kS) expected.push_back(item);
  }
  auto all = engine().Scan({.table = "growing", .index = "later"});
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->items.size(), expected.size()) << "seed " << TestSeed();
  for (const Item& item : expected) {
    EXPECT_EQ(std::ranges::count(all->items, item), 1) << "seed " << TestSeed();
  }
}

TEST_F(EngineInvariant, ConsistentReadsOfAGlobalIndexAreRefused) {
  ReferenceTable table = MakeTable("indexed");
  for (const auto& index : table.schema().indexes) {
    auto scan = engine().Scan({.table = "indexed", .index = index.name, .consistent_read = true});
    EXPECT_EQ(scan.has_value(), !index.global) << index.name;
    if (!scan) EXPECT_EQ(scan.error().code, model::DbErrorCode::kValidation);
  }
}

TEST_F(EngineInvariant, CancellationReasonsStandInInputOrder) {
  ReferenceTable table = MakeTable("indexed");
  for (int i = 0; i < 60; ++i) WriteRandomly(table);
  for (int round = 0; round < 50; ++round) {
    model::TransactWriteItemsRequest transaction;
    std::vector<std::string> codes;
    std::vector<std::optional<Item>> items;
    ReferenceTable distinct(table.schema());
    for (int i = 0; i < 6; ++i) {
      const Item key = RandomKey(random());
      if (distinct.Find(key) != nullptr) continue;
      distinct.Put(key);
      const Item* present = table.Find(key);
      const bool wants_item = random().OneIn(2);
      transaction.items.emplace_back(model::ConditionCheck{
          .table = "indexed",
          .key = key,
          .condition_expression = "attribute_not_exists(pk)",
          .on_condition_failure = wants_item ? model::ReturnValuesOnFailure::kAllOld
                                             : model::ReturnValuesOnFailure::kNone});
      codes.emplace_back(present != nullptr ? "ConditionalCheckFailed" : "None");
      items.push_back(present != nullptr && wants_item ? std::optional(*present) : std::nullopt);
    }
    const bool passes = std::ranges::count(codes, "None") == std::ssize(codes);
    auto done = Transact(std::move(transaction));
    ASSERT_EQ(done.has_value(), passes) << "seed " << TestSeed();
    if (passes) continue;
    ASSERT_EQ(done.error().code, model::DbErrorCode::kTransactionCanceled);
    const auto& reasons = done.error().details->reasons;
    ASSERT_EQ(reasons.size(), codes.size());
    for (size_t i = 0; i < reasons.size(); ++i) {
      EXPECT_EQ(reasons[i].code, codes[i]);
      EXPECT_EQ(reasons[i].item, items[i]);
    }
  }
}

}  // namespace
}  // namespace cruddur::engine
