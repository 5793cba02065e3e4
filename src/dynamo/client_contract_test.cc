// One suite for every Client: what holds on one store holds on all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "dynamo/client.h"
#include "dynamo/store_fixture.h"

namespace cruddur::dynamo {
namespace {

using model::AttributeValue;
using model::DbErrorCode;
using model::Item;
using model::Number;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

class ClientContract : public StoreFixture {
 protected:
  static constexpr const char* kTable = "contract-table";

  // pk (S), sk (N); a global index `by-group` on group (S) and sk; a stream.
  model::CreateTableRequest TableRequest() {
    model::CreateTableRequest request;
    request.table = kTable;
    request.keys = {{{"pk"}}, {{"sk", model::Type::kN}}};
    request.attribute_definitions = {{"pk"}, {"sk", model::Type::kN}, {"group"}};
    request.throughput = {{5, 5}};
    model::IndexDefinition index;
    index.name = "by-group";
    index.global = true;
    index.keys = {{{"group"}}, {{"sk", model::Type::kN}}};
    index.throughput = {{5, 5}};
    request.indexes = {index};
    if (is_ours()) request.stream_view = model::StreamViewType::kNewAndOldImages;
    return request;
  }

  void MakeTable() {
    auto created = Run(client().CreateTable(TableRequest()));
    ASSERT_TRUE(created) << created.error().message;
    for (int tries = 0; tries < 500; ++tries) {
      auto table = Run(client().DescribeTable(kTable));
      if (table && table->status == model::TableStatus::kActive) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL() << "the table doesn't become active";
  }

  static Item Key(std::string pk, int64_t sk) { return {{"pk", pk}, {"sk", Number(sk)}}; }
  static Item Row(std::string pk, int64_t sk) {
    Item item = Key(std::move(pk), sk);
    item.Set("group", "g");
    item.Set("text", std::string(20, 'x'));
    return item;
  }
  void Put(Item item) {
    auto put = Run(client().PutItem({.table = kTable, .item = std::move(item)}));
    ASSERT_TRUE(put) << put.error().message;
  }
  std::optional<Item> Get(Item key) {
    auto got =
        Run(client().GetItem({.table = kTable, .key = std::move(key), .consistent_read = true}));
    EXPECT_TRUE(got) << got.error().message;
    return got ? got->item : std::nullopt;
  }
  model::QueryRequest QueryOf(std::string pk) {
    model::QueryRequest query{.table = kTable};
    query.key_condition_expression = "pk = :pk";
    query.placeholders.values = {{":pk", pk}};
    return query;
  }
  static std::vector<int64_t> SortKeys(const std::vector<Item>& items) {
    std::vector<int64_t> keys;
    for (const Item& item : items) item.Find("sk")->As<Number>()->AsInt64(keys.emplace_back());
    return keys;
  }
};

TEST_P(ClientContract, MakesDescribesListsAndDropsTables) {
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  auto table = Run(client().DescribeTable(kTable));
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->name, kTable);
  EXPECT_EQ(table->keys, TableRequest().keys);
  EXPECT_EQ(table->throughput, (model::Throughput{5, 5}));
  ASSERT_EQ(table->indexes.size(), 1u);
  EXPECT_EQ(table->indexes[0].keys, TableRequest().indexes[0].keys);
  EXPECT_TRUE(table->indexes[0].global);

  auto again = Run(client().CreateTable(TableRequest()));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, DbErrorCode::kResourceInUse);

  auto list = Run(client().ListTables({}));
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(list->table_names, ElementsAre(kTable));
  EXPECT_EQ(list->last_evaluated_table_name, "");

  ASSERT_TRUE(Run(client().DeleteTable(kTable)));
  for (int tries = 0; tries < 500; ++tries) {
    auto gone = Run(client().DescribeTable(kTable));
    if (!gone) {
      EXPECT_EQ(gone.error().code, DbErrorCode::kResourceNotFound);
      EXPECT_EQ(gone.error().message,
                "Requested resource not found: Table: contract-table not found");
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL() << "the table doesn't go away";
}

TEST_P(ClientContract, KeepsEveryTypeOfValue) {
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  Item item = Key("types", 1);
  item.Set("string", "héllo \"wörld\"\n");
  item.Set("empty", "");
  item.Set("number", Number::Parse("-1234567890.0987654321").value());
  item.Set("binary", model::Binary{std::string("\x00\xff\x10", 3)});
  item.Set("true", true);
  item.Set("null", model::Null());
  item.Set("list", model::List{"a", Number(1), model::List{}});
  item.Set("map", model::Map{{"inner", model::Map{}}, {"b", false}});
  item.Set("strings", model::StringSet{{"a", "b"}});
  item.Set("numbers", model::NumberSet{{Number(1), Number(2)}});
  item.Set("binaries", model::BinarySet{{{"a"}, {"b"}}});
  Put(item);
  EXPECT_EQ(Get(Key("types", 1)), item);
  EXPECT_EQ(Get(Key("types", 2)), std::nullopt);
}

TEST_P(ClientContract, WritesOnlyWhereTheConditionHolds) {
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  model::PutItemRequest put{.table = kTable, .item = Row("a", 1)};
  put.condition_expression = "attribute_not_exists(pk)";
  ASSERT_TRUE(Run(client().PutItem(put)));
  auto second = Run(client().PutItem(put));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, DbErrorCode::kConditionalCheckFailed);
  EXPECT_EQ(second.error().message, "The conditional request failed");

  model::DeleteItemRequest remove{.table = kTable, .key = Key("a", 1)};
  remove.condition_expression = "#g = :other";
  remove.placeholders = {{{"#g", "group"}}, {{":other", "another"}}};
  auto kept = Run(client().DeleteItem(remove));
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, DbErrorCode::kConditionalCheckFailed);
  EXPECT_EQ(Get(Key("a", 1)), Row("a", 1));
}

TEST_P(ClientContract, UpdatesAndShowsWhatWasAsked) {
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  Put(Row("a", 1));
  model::UpdateItemRequest update{.table = kTable, .key = Key("a", 1)};
  update.update_expression = "SET #t = :t ADD n :one REMOVE #g";
  update.placeholders = {{{"#t", "text"}, {"#g", "group"}}, {{":t", "new"}, {":one", Number(1)}}};
  update.return_values = model::ReturnValues::kAllNew;
  Item expected = Key("a", 1);
  expected.Set("text", "new");
  expected.Set("n", Number(1));
  auto updated = Run(client().UpdateItem(update));
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(updated->attributes, expected);

  model::UpdateItemRequest more{.table = kTable, .key = Key("a", 1)};
  more.update_expression = "SET n = n + :one";
  more.placeholders.values = {{":one", Number(1)}};
  more.return_values = model::ReturnValues::kUpdatedOld;
  auto old = Run(client().UpdateItem(more));
  ASSERT_TRUE(old) << old.error().message;
  EXPECT_EQ(old->attributes, (Item{{"n", Number(1)}}));

  model::DeleteItemRequest remove{.table = kTable, .key = Key("a", 1)};
  remove.return_values = model::ReturnValues::kAllOld;
  auto removed = Run(client().DeleteItem(remove));
  ASSERT_TRUE(removed) << removed.error().message;
  expected.Set("n", Number(2));
  EXPECT_EQ(removed->attributes, expected);
  EXPECT_EQ(Get(Key("a", 1)), std::nullopt);
}

TEST_P(ClientContract, PagesThroughAPartitionInBothDirections) {
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  for (int i = 1; i <= 7; ++i) Put(Row("a", i));
  Put(Row("b", 1));
  for (bool forward : {true, false}) {
    model::QueryRequest query = QueryOf("a");
    query.limit = 3;
    query.scan_index_forward = forward;
    std::vector<int64_t> seen;
    int pages = 0;
    do {
      auto page = Run(client().Query(query));
      ASSERT_TRUE(page) << page.error().message;
      EXPECT_LE(page->items.size(), 3u);
      for (int64_t key : SortKeys(page->items)) seen.push_back(key);
      query.exclusive_start_key = page->last_evaluated_key;
    } while (!query.exclusive_start_key.empty() && ++pages < 10);
    EXPECT_THAT(seen,
                forward ? ElementsAre(1, 2, 3, 4, 5, 6, 7) : ElementsAre(7, 6, 5, 4, 3, 2, 1));
  }
}

TEST_P(ClientContract, FiltersAfterItHasCounted) {
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  for (int i = 1; i <= 4; ++i) Put(Row("a", i));
  model::QueryRequest query = QueryOf("a");
  query.key_condition_expression += " AND sk BETWEEN :low AND :high";
  query.filter_expression = "#t = :none";
  query.placeholders.names = {{"#t", "text"}};
  query.placeholders.values.Set(":low", Number(2));
  query.placeholders.values.Set(":high", Number(3));
  query.placeholders.values.Set(":none", "none");
  query.return_consumed_capacity = model::ReturnConsumedCapacity::kTotal;
  auto page = Run(client().Query(query));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->count, 0);
  EXPECT_EQ(page->scanned_count, 2);
  ASSERT_TRUE(page->consumed_capacity);
  EXPECT_EQ(page->consumed_capacity->units.total(), 0.5);
}

TEST_P(ClientContract, CountsWithoutItems) {
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  for (int i = 1; i <= 4; ++i) Put(Row("a", i));
  model::QueryRequest query = QueryOf("a");
  query.select = model::Select::kCount;
  auto page = Run(client().Query(query));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->count, 4);
  EXPECT_TRUE(page->items.empty());
}

TEST_P(ClientContract, QueriesAnIndex) {
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  Put(Row("a", 1));
  Put(Row("b", 2));
  Put(Row("c", 3));
  Put(Key("d", 4));  // not in the index
  model::QueryRequest query{.table = kTable, .index = "by-group"};
  query.key_condition_expression = "#g = :g";
  query.placeholders = {{{"#g", "group"}}, {{":g", "g"}}};
  query.scan_index_forward = false;
  query.limit = 2;
  auto first = Run(client().Query(query));
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_THAT(SortKeys(first->items), ElementsAre(3, 2));
  // The key to go on from holds the index's key and the table's.
  EXPECT_EQ(first->last_evaluated_key.size(), 3u);
  query.exclusive_start_key = first->last_evaluated_key;
  auto second = Run(client().Query(query));
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_THAT(SortKeys(second->items), ElementsAre(1));
}

TEST_P(ClientContract, ScansInDisjointCompleteSegments) {
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  std::set<std::string> expected;
  for (int i = 0; i < 20; ++i) {
    Put(Row("pk" + std::to_string(i), i));
    expected.insert("pk" + std::to_string(i));
  }
  std::multiset<std::string> seen;
  for (int segment = 0; segment < 4; ++segment) {
    model::ScanRequest scan{.table = kTable, .limit = 3};
    scan.segment = segment;
    scan.total_segments = 4;
    do {
      auto page = Run(client().Scan(scan));
      ASSERT_TRUE(page) << page.error().message;
      for (const Item& item : page->items) seen.emplace(item.FindString("pk"));
      scan.exclusive_start_key = page->last_evaluated_key;
    } while (!scan.exclusive_start_key.empty());
  }
  EXPECT_EQ(seen, std::multiset<std::string>(expected.begin(), expected.end()));
}

TEST_P(ClientContract, WritesAndReadsBatches) {
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  Put(Row("old", 1));
  model::BatchWriteItemRequest write;
  auto& writes = write.tables.emplace_back(kTable, std::vector<model::BatchWrite>()).second;
  writes.push_back({false, Key("old", 1)});
  for (int i = 0; i < 24; ++i) writes.push_back({true, Row("a", i)});
  auto written = Run(client().BatchWriteItem(write));
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_TRUE(written->unprocessed.empty());

  model::BatchGetItemRequest get;
  auto& keys = get.tables.emplace_back(kTable, model::KeysAndAttributes()).second.keys;
  for (int i = 0; i < 30; ++i) keys.push_back(Key("a", i));
  keys.push_back(Key("old", 1));
  auto got = Run(client().BatchGetItem(get));
  ASSERT_TRUE(got) << got.error().message;
  ASSERT_EQ(got->items.size(), 1u);
  EXPECT_EQ(got->items[0].second.size(), 24u);
}

TEST_P(ClientContract, RefusesWithTheSameErrors) {
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  auto expect = [](const auto& result, DbErrorCode code, std::string_view message) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code) << message;
    EXPECT_EQ(result.error().message, message);
  };
  expect(Run(client().GetItem({.table = "missing", .key = Key("a", 1)})),
         DbErrorCode::kResourceNotFound, "Requested resource not found");
  expect(Run(client().GetItem({.table = kTable, .key = {{"pk", "a"}}})), DbErrorCode::kValidation,
         "The provided key element does not match the schema");
  expect(Run(client().PutItem({.table = kTable, .item = {{"pk", "a"}}})), DbErrorCode::kValidation,
         "One or more parameter values were invalid: Missing the key sk in the item");
  expect(Run(client().PutItem({.table = kTable, .item = {{"pk", "a"}, {"sk", "b"}}})),
         DbErrorCode::kValidation,
         "One or more parameter values were invalid: Type mismatch for key sk expected: N actual: "
         "S");
  model::BatchWriteItemRequest twice;
  twice.tables = {{kTable, {{true, Row("a", 1)}, {false, Key("a", 1)}}}};
  expect(Run(client().BatchWriteItem(twice)), DbErrorCode::kValidation,
         "Provided list of item keys contains duplicates");
  model::UpdateItemRequest key{.table = kTable, .key = Key("a", 1)};
  key.update_expression = "SET pk = :x";
  key.placeholders.values = {{":x", "y"}};
  expect(Run(client().UpdateItem(key)), DbErrorCode::kValidation,
         "One or more parameter values were invalid: Cannot update attribute pk. This attribute "
         "is part of the key");
}

TEST_P(ClientContract, ServesManyCallsAtOnce) {
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  namespace asio = base::asio;
  std::vector<std::future<DbResult<model::WriteItemResponse>>> calls;
  for (int i = 0; i < 200; ++i) {
    model::UpdateItemRequest add{.table = kTable, .key = Key("counter", 0)};
    add.update_expression = "ADD n :one";
    add.placeholders.values = {{":one", Number(1)}};
    calls.push_back(
        asio::co_spawn(loops().loop(i % 2), client().UpdateItem(std::move(add)), asio::use_future));
  }
  for (auto& call : calls) {
    auto result = call.get();
    ASSERT_TRUE(result) << result.error().message;
  }
  EXPECT_EQ(*Get(Key("counter", 0))->Find("n"), AttributeValue(Number(200)));
}

TEST_P(ClientContract, TransactsOrSaysThatItCannot) {
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  Put(Row("a", 1));
  model::TransactWriteItemsRequest write;
  model::PutItemRequest guarded{.table = kTable, .item = Row("a", 1)};
  guarded.condition_expression = "attribute_not_exists(pk)";
  guarded.on_condition_failure = model::ReturnValuesOnFailure::kAllOld;
  write.items = {model::PutItemRequest{.table = kTable, .item = Row("b", 1)}, guarded};
  auto refused = Run(client().TransactWriteItems(write));
  ASSERT_FALSE(refused);
  if (!is_ours()) {
    EXPECT_EQ(refused.error().code, DbErrorCode::kUnknownOperation);
    return;
  }
  EXPECT_EQ(refused.error().code, DbErrorCode::kTransactionCanceled);
  EXPECT_EQ(refused.error().message,
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
            "ConditionalCheckFailed]");
  ASSERT_TRUE(refused.error().details);
  const auto& reasons = refused.error().details->reasons;
  ASSERT_EQ(reasons.size(), 2u);
  EXPECT_EQ(reasons[0].code, "None");
  EXPECT_EQ(reasons[1].item, Row("a", 1));
  EXPECT_EQ(Get(Key("b", 1)), std::nullopt);

  write.items.pop_back();
  ASSERT_TRUE(Run(client().TransactWriteItems(write)));
  model::TransactGetItemsRequest get;
  get.items = {{kTable, Key("b", 1)}, {kTable, Key("none", 1)}};
  auto got = Run(client().TransactGetItems(get));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_THAT(got->items, ElementsAre(std::optional(Row("b", 1)), std::nullopt));
}

TEST_P(ClientContract, ReadsTheStreamOfATable) {
  if (!is_ours()) GTEST_SKIP() << "dynalite has no streams";
  ASSERT_NO_FATAL_FAILURE(MakeTable());
  Put(Row("a", 1));
  Run(client().DeleteItem({.table = kTable, .key = Key("a", 1)}));
  auto streams = Run(client().ListStreams({.table_name = kTable}));
  ASSERT_TRUE(streams) << streams.error().message;
  ASSERT_EQ(streams->streams.size(), 1u);
  auto stream = Run(client().DescribeStream({.stream_arn = streams->streams[0].arn}));
  ASSERT_TRUE(stream) << stream.error().message;
  EXPECT_EQ(stream->view, model::StreamViewType::kNewAndOldImages);
  std::vector<model::StreamRecord> records;
  for (const model::Shard& shard : stream->shards) {
    auto iterator = Run(client().GetShardIterator({stream->arn, shard.id}));
    ASSERT_TRUE(iterator) << iterator.error().message;
    auto page = Run(client().GetRecords({.shard_iterator = *iterator}));
    ASSERT_TRUE(page) << page.error().message;
    for (auto& record : page->records) records.push_back(std::move(record));
  }
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].event_name, model::StreamEventName::kInsert);
  EXPECT_EQ(records[0].new_image, Row("a", 1));
  EXPECT_EQ(records[1].event_name, model::StreamEventName::kRemove);
  EXPECT_EQ(records[1].old_image, Row("a", 1));
  EXPECT_EQ(records[1].keys, Key("a", 1));
}

INSTANTIATE_TEST_SUITE_P(Stores, ClientContract,
                         testing::Values(StoreKind::kEngine, StoreKind::kWire,
                                         StoreKind::kDynalite),
                         StoreFixture::NameOf);

}  // namespace
}  // namespace cruddur::dynamo
