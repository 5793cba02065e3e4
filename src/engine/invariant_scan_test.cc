// Invariants 10 and 11 of dynamodb-semantics.md section 1: comparisons, segments, new tables, and
// what of a failure clients see.
#include <set>

#include "engine/catalog.h"
#include "engine/random_tables_fixture.h"
#include "engine/reader.h"
#include "engine/storage.h"

namespace cruddur::engine {
namespace {

using model::AttributeValue;
using model::Item;
using model::Number;

// One of each type; the members of a pair differ.
std::vector<std::pair<AttributeValue, AttributeValue>> TypedValues() {
  return {{"a", "b"},
          {Number(1), Number(2)},
          {model::Binary{"a"}, model::Binary{"b"}},
          {true, false},
          {model::Null{}, model::Null{}},
          {model::List{Number(1)}, model::List{}},
          {model::Map{{"a", "b"}}, model::Map{}},
          {model::StringSet{{"a"}}, model::StringSet{{"b"}}},
          {model::NumberSet{{Number(1)}}, model::NumberSet{{Number(2)}}},
          {model::BinarySet{{model::Binary{"a"}}}, model::BinarySet{{model::Binary{"b"}}}}};
}

TEST_F(EngineInvariant, ComparingDifferentTypesIsFalseAndAMissingAttributeToo) {
  Create(RandomTable("typed"));
  const auto values = TypedValues();
  Item item{{"pk", "a"}, {"sk", Number(1)}};
  for (size_t i = 0; i < values.size(); ++i) item.Set("x" + std::to_string(i), values[i].first);
  MustPut("typed", item);

  const auto matches = [&](const std::string& filter, const AttributeValue& operand) {
    auto page = engine().Query({.table = "typed",
                                .key_condition_expression = "pk = :a",
                                .filter_expression = filter,
                                .placeholders = {.values = {{":a", "a"}, {":v", operand}}}});
    EXPECT_TRUE(page) << filter << ": " << (page ? "" : page.error().message);
    return page && page->count == 1;
  };
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string attribute = "x" + std::to_string(i);
    for (size_t j = 0; j < values.size(); ++j) {
      const auto& [same, other] = values[j];
      SCOPED_TRACE(std::string(model::TypeName(values[i].first.type())) + " and " +
                   std::string(model::TypeName(same.type())));
      EXPECT_EQ(matches(attribute + " = :v", same), i == j);
      EXPECT_EQ(matches(attribute + " <> :v", same), i != j);
      const bool ordered = j < 3;  // S, N and B
      if (!ordered) continue;
      EXPECT_EQ(matches(attribute + " < :v", other), i == j);
      EXPECT_FALSE(matches(attribute + " > :v", other));
      EXPECT_EQ(matches(attribute + " <= :v", same), i == j);
      EXPECT_EQ(matches(attribute + " >= :v", same), i == j);
    }
  }
  for (const auto& [value, other] : values) {
    EXPECT_FALSE(matches("absent = :v", value));
    EXPECT_TRUE(matches("absent <> :v", value));
  }
  for (size_t j = 0; j < 3; ++j) {
    for (const char* comparison : {"<", "<=", ">", ">="}) {
      EXPECT_FALSE(matches(std::string("absent ") + comparison + " :v", values[j].first));
    }
  }
}

TEST_F(EngineInvariant, ParallelScanSegmentsAreDisjointAndComplete) {
  ReferenceTable table = MakeTable("parallel");
  for (int i = 0; i < 200; ++i) {
    Item item = RandomItem(random());
    item.Set("pk", std::to_string(random().Below(60)));
    MustPut("parallel", item);
    table.Put(item);
  }
  for (const std::string index : {"", "local", "flat", "wide"}) {
    const auto expected = table.Query(table.Index(index), [](auto&) { return true; });
    for (int64_t total : {1, 2, 3, 7, 64, 1000}) {
      std::vector<Item> found;
      for (int64_t segment = 0; segment < total; ++segment) {
        model::ScanRequest request{
            .table = "parallel", .index = index, .segment = segment, .total_segments = total};
        if (total < 10) request.limit = static_cast<int64_t>(1 + random().Below(20));
        for (;;) {
          auto page = engine().Scan(request);
          ASSERT_TRUE(page) << page.error().message;
          std::ranges::move(page->items, std::back_inserter(found));
          if (page->last_evaluated_key.empty()) break;
          request.exclusive_start_key = page->last_evaluated_key;
        }
      }
      EXPECT_EQ(found.size(), expected.size()) << index << " " << total;
      for (const Item& item : expected) EXPECT_EQ(std::ranges::count(found, item), 1);
    }
  }
}

TEST_F(EngineInvariant, ATableCreatedAnewInheritsNothing) {
  ReferenceTable table = MakeTable("phoenix");
  const auto old = *engine().DescribeTable("phoenix");
  for (int i = 0; i < 60; ++i) WriteRandomly(table);
  ASSERT_TRUE(Drop("phoenix"));
  auto gone = engine().Scan({.table = "phoenix"});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, model::DbErrorCode::kResourceNotFound);

  const auto anew = Create(RandomTable("phoenix"));
  EXPECT_NE(anew.id, old.id);
  EXPECT_NE(anew.stream_arn, old.stream_arn);
  for (int restarts = 0; restarts < 2; ++restarts) {
    for (const std::string index : {"", "local", "flat", "wide"}) {
      auto scan = engine().Scan({.table = "phoenix", .index = index});
      ASSERT_TRUE(scan);
      EXPECT_EQ(scan->scanned_count, 0) << index;
    }
    EXPECT_EQ(engine().DescribeTable("phoenix")->item_count, 0u);
    const auto shard = engine().DescribeStream({.stream_arn = anew.stream_arn})->shards.at(0);
    const auto iterator =
        engine().GetShardIterator({.stream_arn = anew.stream_arn, .shard_id = shard.id});
    EXPECT_TRUE(engine().GetRecords({.shard_iterator = *iterator})->records.empty());
    Restart();
  }
}

// Damaged rows, as a bug or a disk might leave them.
TEST(EngineInvariantErrors, NoInternalErrorTextLeaks) {
  const base::ManualClock clock{base::Micros(1)};
  auto storage = *Storage::Open({.in_memory = true, .clock = &clock});
  auto catalog = *Catalog::Load(*storage);
  CatalogEdit edit = catalog->Edit();
  TableState table;
  table.id = edit.NewId();
  table.description.name = "damaged";
  table.description.keys = {.partition = {{"pk", model::Type::kS}}};
  edit.PutTable(table);
  std::string key;
  ASSERT_TRUE(AppendItemKey(table.id, table.description.keys, {{"pk", "a"}}, key));
  for (const std::string& damaged : {std::string(), std::string("abc"), std::string(40, '\xFF')}) {
    rocksdb::WriteBatch batch;
    ASSERT_TRUE(batch.Put(storage->family(Family::kItems), key, damaged).ok());
    ASSERT_TRUE(storage->Write(batch));
    if (catalog->Snapshot()->tables.empty()) catalog->Publish(std::move(edit));

    const Reader reader(*storage, *catalog);
    const auto expect = [](const auto& result) {
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().code, model::DbErrorCode::kInternalServerError);
      EXPECT_EQ(result.error().message, "Internal server error");
    };
    expect(reader.GetItem({.table = "damaged", .key = {{"pk", "a"}}}));
    expect(reader.Scan({.table = "damaged"}));
    expect(reader.Query({.table = "damaged",
                         .key_condition_expression = "pk = :a",
                         .placeholders = {.values = {{":a", "a"}}}}));
    expect(reader.TransactGetItems({.items = {{.table = "damaged", .key = {{"pk", "a"}}}}}));
    expect(reader.BatchGetItem({.tables = {{"damaged", {.keys = {{{"pk", "a"}}}}}}}));
  }
}

}  // namespace
}  // namespace cruddur::engine
