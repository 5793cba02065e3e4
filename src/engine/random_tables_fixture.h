// Of the tests: random writes to the engine and to a ReferenceTable, and comparing the two.
#pragma once

#include "engine/engine_fixture.h"
#include "engine/random_items.h"
#include "engine/reference_table.h"

namespace cruddur::engine {

class EngineInvariant : public EngineFixture {
 protected:
  EngineInvariant() : EngineFixture(Kept::kOnDisk), random_(TestSeed()) {
    RecordProperty("seed", std::to_string(TestSeed()));
  }

  Random& random() { return random_; }
  ReferenceTable MakeTable(std::string name) {
    ReferenceTable table(RandomTable(std::move(name)));
    Create(table.schema());
    return table;
  }

  // One write of any kind, to both.
  void WriteRandomly(ReferenceTable& table) {
    const std::string& name = table.schema().table;
    switch (random().Below(4)) {
      case 0: {
        const model::Item key = RandomKey(random());
        ASSERT_TRUE(Delete({.table = name, .key = key}));
        table.Delete(key);
        break;
      }
      case 1:
        UpdateRandomly(table);
        break;
      default: {
        const model::Item item = RandomItem(random());
        MustPut(name, item);
        table.Put(item);
      }
    }
  }

  // The page's items and those of all the following pages, each of at most `limit`.
  std::vector<model::Item> ReadAll(model::QueryRequest request, std::optional<int64_t> limit) {
    request.limit = limit;
    std::vector<model::Item> items;
    for (;;) {
      auto page = engine().Query(request);
      EXPECT_TRUE(page) << (page ? "" : page.error().message) << " seed " << TestSeed();
      if (!page) return items;
      EXPECT_EQ(page->count, std::ssize(page->items));
      std::ranges::move(page->items, std::back_inserter(items));
      if (page->last_evaluated_key.empty()) return items;
      request.exclusive_start_key = page->last_evaluated_key;
    }
  }

  // Every partition of the table and of each index is as the reference has it, in both directions.
  void ExpectSame(const ReferenceTable& table) {
    ExpectSame(table, nullptr);
    for (const auto& index : table.schema().indexes) ExpectSame(table, &index);
  }

  void ExpectSame(const ReferenceTable& table, const model::IndexDefinition* index) {
    const auto& keys = table.Keys(index);
    for (const model::Item& like : table.Query(index, [](auto&) { return true; })) {
      model::QueryRequest request{.table = table.schema().table,
                                  .index = index != nullptr ? index->name : ""};
      for (const auto& attribute : keys.partition) {
        request.key_condition_expression +=
            (request.key_condition_expression.empty() ? "" : " AND ") + attribute.name +
            " = :" + attribute.name;
        request.placeholders.values.Set(":" + attribute.name, *like.Find(attribute.name));
      }
      auto expected = table.Query(index, [&](const model::Item& item) {
        return CompareBy(keys.partition, item, like) == 0;
      });
      EXPECT_EQ(ReadAll(request, std::nullopt), expected) << "seed " << TestSeed();
      std::ranges::reverse(expected);
      request.scan_index_forward = false;
      EXPECT_EQ(ReadAll(request, 1 + random().Below(3)), expected) << "seed " << TestSeed();
    }
    auto all = engine().Scan(
        {.table = table.schema().table, .index = index != nullptr ? index->name : ""});
    ASSERT_TRUE(all);
    EXPECT_EQ(all->count, std::ssize(table.Query(index, [](auto&) { return true; })));
  }

 private:
  // Creates the item where there is none, and moves it in and out of indexes.
  void UpdateRandomly(ReferenceTable& table) {
    model::UpdateItemRequest request{.table = table.schema().table,
                                     .key = RandomKey(random()),
                                     .return_values = model::ReturnValues::kAllNew};
    const model::Item* before = table.Find(request.key);
    model::Item after = before != nullptr ? *before : request.key;
    const model::AttributeValue value = random().Pick(KeyTexts()), one = model::Number(1);
    if (random().OneIn(2)) {
      request.update_expression = "SET g = :g, v = if_not_exists(v, :one) REMOVE ls";
      request.placeholders.values = {{":g", value}, {":one", one}};
      after.Set("g", value);
      if (after.Find("v") == nullptr) after.Set("v", one);
      after.Erase("ls");
    } else {
      request.update_expression = "SET ls = :ls, v = :one REMOVE g, gn";
      request.placeholders.values = {{":ls", value}, {":one", one}};
      after.Set("ls", value);
      after.Set("v", one);
      after.Erase("g");
      after.Erase("gn");
    }
    auto updated = Update(std::move(request));
    ASSERT_TRUE(updated) << updated.error().message;
    EXPECT_EQ(updated->attributes, after);
    table.Put(after);
  }

  Random random_;
};

}  // namespace cruddur::engine
