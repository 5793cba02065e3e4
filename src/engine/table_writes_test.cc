#include <gmock/gmock.h>

#include <thread>

#include "engine/consistency.h"
#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::BillingMode;
using model::DbErrorCode;
using model::IndexDefinition;
using model::Item;
using model::Number;
using model::TableStatus;
using model::Type;
using testing::ElementsAre;
using testing::HasSubstr;

class Tables : public EngineFixture {
 protected:
  Tables() : EngineFixture(Kept::kOnDisk) {}

  static model::CreateTableRequest Request(const std::string& name = "items") {
    model::CreateTableRequest request{.table = name};
    request.keys = {{{"pk", Type::kS}}, {{"sk", Type::kS}}};
    request.throughput = {5, 5};
    return request;
  }
  static IndexDefinition Index(const std::string& name, const char* attribute = "g") {
    return {.name = name,
            .global = true,
            .keys = {{{attribute, Type::kS}}, {}},
            .throughput = model::Throughput{1, 1}};
  }
  DbResult<model::TableDescription> TryCreate(model::CreateTableRequest request) {
    return Await<model::TableDescription>(
        [&](auto done) { engine().CreateTable(std::move(request), std::move(done)); });
  }
  DbResult<model::TableDescription> AddIndex(const IndexDefinition& index) {
    return EngineFixture::Update(
        model::UpdateTableRequest{.table = "items", .create_index = index});
  }
  void AwaitActive() {
    const auto active = [&] {
      return std::ranges::all_of(engine().DescribeTable("items")->indexes, [](const auto& index) {
        return index.status == TableStatus::kActive;
      });
    };
    while (!active()) std::this_thread::yield();
  }
  void PutMany(int count) {
    for (int i = 0; i < count; i += 25) {
      std::vector<model::BatchWrite> writes;
      for (int j = i; j < i + 25; ++j) {
        // Some without the attribute, some that an index can't take.
        Item item{{"pk", "p" + std::to_string(j % 7)}, {"sk", std::to_string(j)}};
        if (j % 3 == 1) item.Set("g", "g" + std::to_string(j % 5));
        if (j % 3 == 2) item.Set("g", j % 2 == 0 ? model::AttributeValue("") : Number(j));
        writes.push_back({.item = std::move(item)});
      }
      ASSERT_TRUE(Batch({.tables = {{"items", writes}}}));
    }
  }
};

TEST_F(Tables, AreCreatedDescribedAndKept) {
  auto request = Request();
  request.indexes = {Index("by-g")};
  request.stream_view = model::StreamViewType::kNewImage;
  const auto created = Create(request);
  EXPECT_EQ(created.status, TableStatus::kCreating);
  EXPECT_EQ(created.arn, "arn:aws:dynamodb:us-east-1:000000000000:table/items");
  EXPECT_EQ(created.id.size(), 36u);
  EXPECT_EQ(created.stream_arn, created.arn + "/stream/" + created.stream_label);
  EXPECT_EQ(created.stream_label, "2023-11-14T22:13:20.000");
  Restart();
  const auto table = engine().DescribeTable("items");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->status, TableStatus::kActive);
  EXPECT_EQ(table->id, created.id);
  EXPECT_EQ(table->keys, request.keys);
  EXPECT_EQ(table->throughput, (model::Throughput{5, 5}));
  EXPECT_EQ(table->indexes.at(0).arn, created.arn + "/index/by-g");
  EXPECT_FALSE(table->indexes.at(0).backfilling);
  EXPECT_EQ(table->created_at, clock().Now());
}

TEST_F(Tables, NamesAreUnique) {
  Create(Request());
  const auto again = TryCreate(Request());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, DbErrorCode::kResourceInUse);
  EXPECT_EQ(again.error().message, "Table already exists: items");
  const auto missing = engine().DescribeTable("none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, DbErrorCode::kResourceNotFound);
  EXPECT_EQ(missing.error().message, "Requested resource not found: Table: none not found");
}

TEST_F(Tables, BadDefinitionsAreRefused) {
  const auto refused = [&](auto change) {
    auto request = Request();
    change(request);
    return ErrorOf(TryCreate(request));
  };
  EXPECT_THAT(refused([](auto& r) { r.table = "a"; }), HasSubstr("'tableName'"));
  EXPECT_THAT(refused([](auto& r) { r.throughput.reset(); }), HasSubstr("must both be specified"));
  EXPECT_THAT(refused([](auto& r) { r.throughput = {0, 1}; }),
              HasSubstr("greater than or equal to 1"));
  EXPECT_THAT(refused([](auto& r) { r.billing = BillingMode::kPayPerRequest; }),
              HasSubstr("Neither ReadCapacityUnits nor WriteCapacityUnits"));
  EXPECT_THAT(refused([](auto& r) { r.keys.partition.clear(); }), HasSubstr("KeySchema"));
  EXPECT_THAT(refused([](auto& r) { r.keys.sort[0].name = "pk"; }), HasSubstr("same name"));
  EXPECT_THAT(refused([](auto& r) { r.keys.sort[0].type = Type::kM; }), HasSubstr("type"));
  EXPECT_THAT(refused([](auto& r) { r.attribute_definitions = {{"pk"}, {"sk"}, {"z"}}; }),
              HasSubstr("does not exactly match"));
  EXPECT_THAT(refused([](auto& r) { r.indexes = {Index("by-g"), Index("by-g")}; }),
              HasSubstr("Duplicate index name: by-g"));
  EXPECT_THAT(
      refused([](auto& r) { r.indexes = {{.name = "local", .keys = {{{"sk"}}, {{"x"}}}}}; }),
      HasSubstr("same leading hash key"));
  EXPECT_THAT(
      refused([](auto& r) {
        for (int i = 0; i < 6; ++i) {
          r.indexes.push_back({.name = "local" + std::to_string(i), .keys = {{{"pk"}}, {{"x"}}}});
        }
      }),
      HasSubstr("per-table limit of 5"));
  EXPECT_THAT(refused([](auto& r) {
                for (int i = 0; i < 21; ++i)
                  r.indexes.push_back(Index("g" + std::to_string(i) + "-"));
              }),
              HasSubstr("per-table limit of 20"));
  EXPECT_THAT(refused([](auto& r) {
                r.indexes = {Index("by-g")};
                r.indexes[0].projection.non_key_attributes = {"x"};
              }),
              HasSubstr("ProjectionType is ALL, but NonKeyAttributes is specified"));
  EXPECT_THAT(refused([](auto& r) {
                r.indexes = {Index("by-g")};
                r.indexes[0].throughput.reset();
              }),
              HasSubstr("index: by-g"));
  EXPECT_THAT(refused([](auto& r) {
                r.indexes = {Index("by-g")};
                r.indexes[0].projection = {model::ProjectionType::kInclude, {"x", "y", "x"}};
              }),
              HasSubstr("invalid: Duplicate element in NonKeyAttributes: x"));
  EXPECT_EQ(refused([](auto& r) { r.attribute_definitions = {{"pk"}, {"sk"}, {"pk"}}; }),
            "Attribute Name is duplicated: pk");
  // Definitions are looked at before the indexes; the names are in Java's order.
  EXPECT_THAT(refused([](auto& r) {
                r.indexes = {Index("by-g"), Index("by-g")};
                r.attribute_definitions = {{"pk"}, {"sk"}, {"z"}};
              }),
              HasSubstr("AttributeDefinitions: [pk, sk, z], keys used: [g, sk, pk]"));
  EXPECT_EQ(refused([](auto& r) { r.indexes = {Index("by-g")}; }), "");
}

TEST_F(Tables, ATableCreatedAnewInheritsNothing) {
  auto request = Request();
  request.indexes = {Index("by-g")};
  request.stream_view = model::StreamViewType::kNewImage;
  const auto first = Create(request);
  MustPut("items", {{"g", "g"}, {"pk", "p"}, {"sk", "s"}});
  const auto dropped = Drop("items");
  ASSERT_TRUE(dropped);
  EXPECT_EQ(dropped->status, TableStatus::kDeleting);
  EXPECT_FALSE(engine().DescribeTable("items"));
  EXPECT_EQ(ErrorOf(Put({.table = "items", .item = {{"pk", "p"}, {"sk", "s"}}})),
            "Requested resource not found");
  const auto second = Create(request);
  EXPECT_NE(second.id, first.id);
  EXPECT_NE(second.stream_arn, first.stream_arn);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(ScanAll(engine(), "items").empty());
    EXPECT_TRUE(ScanAll(engine(), "items", "by-g").empty());
    EXPECT_TRUE(ReadStream(engine(), second.stream_arn).empty());
    // The old stream can be read on, as on AWS.
    EXPECT_EQ(ReadStream(engine(), first.stream_arn).size(), 1u);
    EXPECT_EQ(engine().DescribeTable("items")->item_count, 0u);
    Restart();
  }
}

TEST_F(Tables, DeletionProtectionProtects) {
  auto request = Request();
  request.deletion_protection = true;
  Create(request);
  EXPECT_THAT(ErrorOf(Drop("items")), HasSubstr("protected against deletion"));
  ASSERT_TRUE(EngineFixture::Update(
      model::UpdateTableRequest{.table = "items", .deletion_protection = false}));
  EXPECT_TRUE(Drop("items"));
  EXPECT_EQ(ErrorOf(Drop("items")), "Requested resource not found: Table: items not found");
}

TEST_F(Tables, AreListedInPages) {
  for (const char* name : {"ccc", "aaa", "bbb"}) Create(Request(name));
  const auto first = engine().ListTables({.limit = 2});
  ASSERT_TRUE(first);
  EXPECT_THAT(first->table_names, ElementsAre("aaa", "bbb"));
  EXPECT_EQ(first->last_evaluated_table_name, "bbb");
  const auto rest = engine().ListTables({.exclusive_start_table_name = "bbb", .limit = 1});
  EXPECT_THAT(rest->table_names, ElementsAre("ccc"));
  EXPECT_EQ(rest->last_evaluated_table_name, "");
  EXPECT_FALSE(engine().ListTables({.limit = 101}));
}

TEST_F(Tables, BillingAndThroughputChange) {
  Create(Request());
  const auto update = [&](model::UpdateTableRequest request) {
    request.table = "items";
    return ErrorOf(EngineFixture::Update(std::move(request)));
  };
  EXPECT_THAT(update({}), HasSubstr("At least one of"));
  EXPECT_THAT(update({.throughput = model::Throughput{5, 5}}), HasSubstr("will not change"));
  EXPECT_EQ(update({.throughput = model::Throughput{6, 5}}), "");
  EXPECT_THAT(update({.billing = BillingMode::kProvisioned}),
              HasSubstr("ProvisionedThroughput must be specified when BillingMode is PROVISIONED"));
  EXPECT_EQ(update({.billing = BillingMode::kPayPerRequest}), "");
  EXPECT_EQ(engine().DescribeTable("items")->throughput, model::Throughput());
  EXPECT_THAT(update({.billing = BillingMode::kProvisioned}),
              HasSubstr("ProvisionedThroughput must be specified when BillingMode is PROVISIONED"));
  EXPECT_EQ(update({.billing = BillingMode::kProvisioned, .throughput = model::Throughput{1, 1}}),
            "");
  EXPECT_EQ(engine().DescribeTable("items")->billing, BillingMode::kProvisioned);
}

TEST_F(Tables, AStreamIsTurnedOffAndOnWithAnotherArn) {
  auto request = Request();
  request.stream_view = model::StreamViewType::kNewImage;
  const auto created = Create(request);
  MustPut("items", {{"pk", "p"}, {"sk", "1"}});
  const auto stream = [&](bool on, std::optional<model::StreamViewType> view) {
    return EngineFixture::Update(
        model::UpdateTableRequest{.table = "items", .stream_enabled = on, .stream_view = view});
  };
  EXPECT_THAT(ErrorOf(stream(true, model::StreamViewType::kOldImage)),
              HasSubstr("already has an enabled stream"));
  ASSERT_TRUE(stream(false, {}));
  EXPECT_FALSE(stream(false, {}));
  MustPut("items", {{"pk", "p"}, {"sk", "2"}});
  const auto on = stream(true, model::StreamViewType::kKeysOnly);
  ASSERT_TRUE(on);
  EXPECT_NE(on->stream_arn, created.stream_arn);
  MustPut("items", {{"pk", "p"}, {"sk", "3"}});
  EXPECT_EQ(ReadStream(engine(), created.stream_arn).size(), 1u);
  const auto records = ReadStream(engine(), on->stream_arn);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].view, model::StreamViewType::kKeysOnly);
}

TEST_F(Tables, ANewIndexIsFilledWhileWritesGoOn) {
  Create(Request());
  PutMany(3000);
  const auto added = AddIndex(Index("by-g"));
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_EQ(added->status, TableStatus::kUpdating);
  EXPECT_EQ(added->indexes.at(0).status, TableStatus::kCreating);
  EXPECT_FALSE(added->indexes.at(0).backfilling) << "it has not begun";
  // Changes to items that it has come to, and has not come to.
  const auto index = [&] { return engine().DescribeTable("items")->indexes.at(0); };
  for (int i = 0; index().status != TableStatus::kActive; ++i) {
    EXPECT_EQ(engine().DescribeTable("items")->status, TableStatus::kActive);
    const Item key{{"pk", "p" + std::to_string(i % 7)}, {"sk", std::to_string(i * 13 % 3000)}};
    Item item = key;
    item.Set("g", "new");
    if (i % 2 == 0) {
      ASSERT_TRUE(Put({.table = "items", .item = item}));
    } else {
      ASSERT_TRUE(Delete({.table = "items", .key = key}));
    }
  }
  EXPECT_FALSE(index().backfilling);
  ExpectConsistent(engine(), "items", false);
}

TEST_F(Tables, ABackfillThatAStopInterruptedBeginsAnew) {
  Create(Request());
  PutMany(3000);
  ASSERT_TRUE(AddIndex(Index("by-g")));
  Restart();
  EXPECT_EQ(engine().DescribeTable("items")->indexes.size(), 1u);
  AwaitActive();
  ExpectConsistent(engine(), "items", false);
}

TEST_F(Tables, IndexesAreChangedOneAtATime) {
  Create(Request());
  PutMany(3000);
  ASSERT_TRUE(AddIndex(Index("by-g")));
  const auto second = AddIndex(Index("by-h"));
  if (!second) EXPECT_EQ(second.error().code, DbErrorCode::kLimitExceeded);
  AwaitActive();
  EXPECT_THAT(ErrorOf(AddIndex(Index("by-g"))), HasSubstr("an index which already exists"));
  auto mistyped = Index("typed");
  mistyped.keys.partition[0].type = Type::kN;
  EXPECT_THAT(ErrorOf(AddIndex(mistyped)),
              HasSubstr("Attributes cannot be redefined. Please check that your "
                        "attribute has the same type as previously "
                        "defined. Existing schema: Schema:["));
  auto unprovided = Index("unprovided");
  unprovided.throughput.reset();
  EXPECT_THAT(ErrorOf(AddIndex(unprovided)),
              HasSubstr("Both ReadCapacityUnits and WriteCapacityUnits must be specified for "
                        "index: unprovided"));

  const auto drop = [&](const char* name) {
    return EngineFixture::Update(model::UpdateTableRequest{.table = "items", .delete_index = name});
  };
  EXPECT_EQ(ErrorOf(drop("none")), "Requested resource not found: Index none for table items");
  const auto dropped = drop("by-g");
  ASSERT_TRUE(dropped);
  EXPECT_EQ(dropped->indexes.back().status, TableStatus::kDeleting);
  EXPECT_FALSE(engine().Scan({.table = "items", .index = "by-g"}));
  ASSERT_TRUE(AddIndex(Index("by-g")));
  AwaitActive();
  ExpectConsistent(engine(), "items", false);
}

}  // namespace
}  // namespace cruddur::engine
