#include <gmock/gmock.h>

#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::DbErrorCode;
using model::Item;
using model::Number;
using model::ReturnValues;
using testing::HasSubstr;

// Table "items": pk and sk, both S; a GSI by (kind) and an LSI by (pk, rank).
class ItemWrites : public EngineFixture {
 protected:
  ItemWrites() {
    model::CreateTableRequest request{.table = "items"};
    request.keys = {{{"pk", model::Type::kS}}, {{"sk", model::Type::kS}}};
    request.billing = model::BillingMode::kPayPerRequest;
    request.indexes.push_back(
        {.name = "by-kind", .global = true, .keys = {{{"kind", model::Type::kS}}, {}}});
    request.indexes.push_back(
        {.name = "by-rank",
         .keys = {{{"pk", model::Type::kS}}, {{"rank", model::Type::kN}}},
         .projection = {.type = model::ProjectionType::kKeysOnly, .non_key_attributes = {}}});
    Create(std::move(request));
  }

  static Item Key(const char* sk = "s") { return {{"pk", "p"}, {"sk", sk}}; }
  static Item With(Item item, const char* name, model::AttributeValue value) {
    item.Set(name, std::move(value));
    return item;
  }
  DbResult<model::WriteItemResponse> Run(const char* expression, Item values = {},
                                         ReturnValues returned = ReturnValues::kAllNew) {
    return Update({.table = "items",
                   .key = Key(),
                   .update_expression = expression,
                   .placeholders = {.names = {}, .values = std::move(values)},
                   .return_values = returned});
  }
};

TEST_F(ItemWrites, PutReplacesAndReturnsTheOldItem) {
  const Item first = With(Key(), "a", "1"), second = With(Key(), "b", "2");
  MustPut("items", first);
  const auto put = Put({.table = "items", .item = second, .return_values = ReturnValues::kAllOld});
  ASSERT_TRUE(put) << put.error().message;
  EXPECT_EQ(put->attributes, first);
  EXPECT_EQ(Get("items", Key()), second);
  const auto fresh =
      Put({.table = "items", .item = Key("new"), .return_values = ReturnValues::kAllOld});
  EXPECT_EQ(fresh->attributes, std::nullopt);
}

TEST_F(ItemWrites, DeleteRemovesAndReturnsTheOldItem) {
  MustPut("items", With(Key(), "a", "1"));
  const auto removed =
      Delete({.table = "items", .key = Key(), .return_values = ReturnValues::kAllOld});
  ASSERT_TRUE(removed);
  EXPECT_EQ(removed->attributes, With(Key(), "a", "1"));
  EXPECT_EQ(Get("items", Key()), std::nullopt);
  EXPECT_TRUE(Delete({.table = "items", .key = Key()}));
}

TEST_F(ItemWrites, ConditionsDecideAndTellTheOldItem) {
  const Item item = With(Key(), "a", "1");
  MustPut("items", item);
  const auto refused = Put({.table = "items",
                            .item = Key(),
                            .condition_expression = "attribute_not_exists(pk)",
                            .on_condition_failure = model::ReturnValuesOnFailure::kAllOld});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, DbErrorCode::kConditionalCheckFailed);
  EXPECT_EQ(refused.error().message, "The conditional request failed");
  ASSERT_NE(refused.error().details, nullptr);
  EXPECT_EQ(refused.error().details->item, item);
  EXPECT_EQ(Get("items", Key()), item);

  EXPECT_TRUE(Delete({.table = "items",
                      .key = Key(),
                      .condition_expression = "a = :one",
                      .placeholders = {.names = {}, .values = {{":one", "1"}}}}));
  EXPECT_EQ(Get("items", Key()), std::nullopt);
  const auto missing =
      Delete({.table = "items", .key = Key(), .condition_expression = "attribute_exists(pk)"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().details, nullptr);
}

TEST_F(ItemWrites, UpdateCreatesTheItemUnlessItOnlyRemoves) {
  auto removed = Run("REMOVE a, b.c");
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(removed->attributes, std::nullopt);
  EXPECT_EQ(Get("items", Key()), std::nullopt);

  ASSERT_TRUE(Update({.table = "items", .key = Key()}));
  EXPECT_EQ(Get("items", Key()), Key());

  const auto set = Run("SET a = :v", {{":v", Number(1)}});
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->attributes, With(Key(), "a", Number(1)));
}

TEST_F(ItemWrites, UpdateReturnsWhatItWrote) {
  MustPut("items", With(With(Key(), "n", Number(1)), "x", "kept"));
  EXPECT_EQ(Run("ADD n :v", {{":v", Number(2)}}, ReturnValues::kUpdatedOld)->attributes,
            (Item{{"n", Number(1)}}));
  EXPECT_EQ(Run("ADD n :v", {{":v", Number(2)}}, ReturnValues::kUpdatedNew)->attributes,
            (Item{{"n", Number(5)}}));
  EXPECT_EQ(Run("REMOVE n", {}, ReturnValues::kUpdatedNew)->attributes, std::nullopt);
  EXPECT_EQ(Run("SET y = x", {}, ReturnValues::kAllOld)->attributes, With(Key(), "x", "kept"));
  EXPECT_EQ(Run("SET y = x", {}, ReturnValues::kNone)->attributes, std::nullopt);
}

TEST_F(ItemWrites, KeysCannotBeUpdated) {
  const auto result = Run("SET sk = :v", {{":v", "other"}});
  EXPECT_EQ(ErrorOf(result),
            "One or more parameter values were invalid: Cannot update attribute sk. This attribute "
            "is part of the key");
}

TEST_F(ItemWrites, ANewItemsUpdateKnowsItsKey) {
  const auto updated = Run("SET a = pk, b = if_not_exists(c, sk)", {}, ReturnValues::kUpdatedNew);
  ASSERT_TRUE(updated) << ErrorOf(updated);
  const Item stored = *Get("items", Key());
  EXPECT_EQ(*stored.Find("a"), *Key().Find("pk"));
  EXPECT_EQ(*stored.Find("b"), *Key().Find("sk"));
  EXPECT_EQ(ErrorOf(Update({.table = "items",
                            .key = {{"pk", "another"}, {"sk", "one"}},
                            .update_expression = "SET a = pk",
                            .condition_expression = "attribute_exists(pk)"})),
            "The conditional request failed");
}

TEST_F(ItemWrites, NoPathGoesIntoAKey) {
  const std::string text =
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
      "allowed: ";
  EXPECT_EQ(ErrorOf(Run("SET a = pk[0]")), text + "Key: pk");
  const auto got = [&](const char* projection) {
    return ErrorOf(
        engine().GetItem({.table = "items", .key = Key(), .projection_expression = projection}));
  };
  EXPECT_EQ(got("a, sk.b"), text + "Key: sk");
  EXPECT_EQ(got("kind[1]"), text + "IndexKey: kind");
  EXPECT_EQ(got("a.pk"), "");
  EXPECT_EQ(
      ErrorOf(Put(
          {.table = "items", .item = Key(), .condition_expression = "attribute_not_exists(pk.x)"})),
      text + "Key: pk");
  EXPECT_EQ(ErrorOf(Delete({.table = "items",
                            .key = Key(),
                            .condition_expression = "a.x = b.x AND attribute_exists(kind[0])"})),
            text + "IndexKey: kind");
  EXPECT_EQ(
      ErrorOf(engine().Scan({.table = "items", .filter_expression = "attribute_exists(kind.x)"})),
      text + "IndexKey: kind");
  EXPECT_EQ(ErrorOf(engine().Scan({.table = "items", .projection_expression = "pk.x"})),
            text + "Key: pk");
}

TEST_F(ItemWrites, IndexKeysHaveTheirTypeOnEveryWrite) {
  EXPECT_THAT(ErrorOf(Put({.table = "items", .item = With(Key(), "kind", Number(1))})),
              HasSubstr("Type mismatch for Index Key kind Expected: S Actual: N"));
  EXPECT_THAT(ErrorOf(Put({.table = "items", .item = With(Key(), "kind", "")})),
              HasSubstr("cannot contain an empty string value"));
  constexpr char kNumber[] = "Type mismatch for Index Key kind Expected: S Actual: N";
  EXPECT_THAT(ErrorOf(Run("SET kind = :v", {{":v", Number(1)}})), HasSubstr(kNumber));
  EXPECT_THAT(ErrorOf(Run("ADD kind :v", {{":v", Number(1)}})), HasSubstr(kNumber));
  EXPECT_THAT(ErrorOf(Run("SET kind = a + :v, b = a.x", {{":v", Number(1)}})), HasSubstr(kNumber));
  EXPECT_THAT(ErrorOf(Run("SET kind = list_append(a, b)")), HasSubstr("Actual: L"));
  EXPECT_EQ(ErrorOf(Run("SET a = kind[1]")),
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            "allowed: IndexKey: kind");
  EXPECT_EQ(ErrorOf(Run("SET a = if_not_exists(kind, :v), kind = if_not_exists(b, :v)",
                        {{":v", Number(1)}})),
            "The update expression attempted to update the secondary index key to unsupported type")
      << "known only when the item is";
  EXPECT_NE(ErrorOf(Batch({.tables = {{"items", {{.item = With(Key(), "rank", "x")}}}}})), "");
  EXPECT_EQ(Get("items", Key()), std::nullopt);
}

TEST_F(ItemWrites, RefusesBadRequestsWithAwssWords) {
  EXPECT_EQ(ErrorOf(Put({.table = "none", .item = Key()})), "Requested resource not found");
  EXPECT_EQ(ErrorOf(Put({.table = "items", .item = {{"pk", "p"}}})),
            "One or more parameter values were invalid: Missing the key sk in the item");
  EXPECT_EQ(ErrorOf(Delete({.table = "items", .key = {{"pk", "p"}}})),
            "The provided key element does not match the schema");
  EXPECT_EQ(ErrorOf(Put({.table = "x", .item = Key()})),
            "1 validation error detected: Value 'x' at 'tableName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 3");
  EXPECT_EQ(ErrorOf(Put({.table = "items", .item = Key(), .return_values = ReturnValues::kAllNew})),
            "1 validation error detected: ReturnValues can only be ALL_OLD or NONE");
  EXPECT_EQ(
      ErrorOf(Put({.table = "items",
                   .item = Key(),
                   .placeholders = {.names = {{"#a", "a"}}, .values = {}}})),
      "1 validation error detected: ExpressionAttributeNames can only be specified when using "
      "expressions");
  EXPECT_THAT(ErrorOf(Update({.table = "items",
                              .key = Key(),
                              .placeholders = {.names = {}, .values = {{":a", "a"}}}})),
              HasSubstr("ExpressionAttributeValues can only be specified when using expressions"));
  EXPECT_EQ(ErrorOf(Run("SET a = :v", {{":v", "x"}, {":w", "y"}})),
            "1 validation error detected: Value provided in ExpressionAttributeValues unused in "
            "expressions: keys: {:w}");
}

TEST_F(ItemWrites, ItemsOf400KilobytesFitAndNotOneByteMore) {
  // pk, sk, their one-byte values and "a" are 7 bytes.
  const std::string largest(model::kMaxItemBytes - 7, 'x');
  const Item fits = With(Key(), "a", largest), over = With(Key(), "a", largest + "x");
  EXPECT_EQ(ErrorOf(Put({.table = "items", .item = over})),
            "Item size has exceeded the maximum allowed size");
  EXPECT_EQ(ErrorOf(Batch({.tables = {{"items", {{.item = over}}}}})),
            "Item size has exceeded the maximum allowed size");
  EXPECT_EQ(ErrorOf(Run("SET a = :v", {{":v", largest + "x"}})),
            "Item size to update has exceeded the maximum allowed size");
  EXPECT_EQ(Get("items", Key()), std::nullopt);
  EXPECT_EQ(ErrorOf(Put({.table = "items", .item = fits})), "");
}

// The whole item would fit: the statement comes to 3 bytes, "a" and its 19, the value.
TEST_F(ItemWrites, WhatAnUpdateSaysIsLimitedToo) {
  const std::string largest(model::kMaxItemBytes - 23, 'x');
  EXPECT_EQ(ErrorOf(Run("SET a = :v", {{":v", largest}}, ReturnValues::kNone)), "");
  EXPECT_EQ(ErrorOf(Run("SET a = :v", {{":v", largest + "x"}}, ReturnValues::kNone)),
            "Item size to update has exceeded the maximum allowed size");
  EXPECT_EQ(ErrorOf(Update({.table = "none",
                            .key = Key(),
                            .update_expression = "SET a = :v",
                            .placeholders = {.names = {}, .values = {{":v", largest + "x"}}}})),
            "Item size to update has exceeded the maximum allowed size");
}

TEST_F(ItemWrites, CapacityCountsTheLargerItemAndEachIndex) {
  const auto indexes = model::ReturnConsumedCapacity::kIndexes;
  const Item small = With(With(Key(), "kind", "k"), "rank", Number(1));
  const auto first = Put({.table = "items", .item = small, .return_consumed_capacity = indexes});
  ASSERT_TRUE(first && first->consumed_capacity);
  EXPECT_EQ(first->consumed_capacity->units.total(), 3);
  EXPECT_EQ(first->consumed_capacity->global_indexes.at("by-kind").total(), 1);
  EXPECT_EQ(first->consumed_capacity->local_indexes.at("by-rank").total(), 1);

  // The GSI projects everything: its entry changes. The LSI's entry stays as it is.
  const Item large = With(small, "text", std::string(1500, 'x'));
  const auto second = Put({.table = "items", .item = large, .return_consumed_capacity = indexes});
  EXPECT_EQ(second->consumed_capacity->table->total(), 2);
  EXPECT_EQ(second->consumed_capacity->global_indexes.at("by-kind").total(), 2);
  EXPECT_TRUE(second->consumed_capacity->local_indexes.empty());

  const auto removed =
      Delete({.table = "items", .key = Key(), .return_consumed_capacity = indexes});
  EXPECT_EQ(removed->consumed_capacity->table->total(), 2);
  EXPECT_EQ(Delete({.table = "items", .key = Key(), .return_consumed_capacity = indexes})
                ->consumed_capacity->units.total(),
            1);
}

TEST_F(ItemWrites, MetricsOfItemCollectionsNameThePartition) {
  const auto put = Put({.table = "items",
                        .item = Key(),
                        .return_metrics = model::ReturnItemCollectionMetrics::kSize});
  ASSERT_TRUE(put && put->item_collection_metrics);
  EXPECT_EQ(put->item_collection_metrics->key, (Item{{"pk", "p"}}));
}

TEST_F(ItemWrites, ABatchPutsAndDeletes) {
  MustPut("items", Key("old"));
  const auto batch = Batch({.tables = {{"items",
                                        {{.put = true, .item = Key("new")},
                                         {.put = false, .item = Key("old")},
                                         {.put = false, .item = Key("never there")}}}},
                            .return_consumed_capacity = model::ReturnConsumedCapacity::kTotal});
  ASSERT_TRUE(batch) << batch.error().message;
  EXPECT_TRUE(batch->unprocessed.empty());
  EXPECT_EQ(batch->consumed_capacity.at(0).units.total(), 3);
  EXPECT_EQ(Get("items", Key("old")), std::nullopt);
  EXPECT_EQ(Get("items", Key("new")), Key("new"));
}

TEST_F(ItemWrites, ABatchIsRefusedAsAWhole) {
  EXPECT_EQ(ErrorOf(Batch({})), "The requestItems parameter is required for BatchWriteItem");
  EXPECT_EQ(
      ErrorOf(Batch({.tables = {{"items", {{.item = Key()}, {.put = false, .item = Key()}}}}})),
      "Provided list of item keys contains duplicates");
  EXPECT_EQ(ErrorOf(Batch({.tables = {{"items", {{.item = Key()}}}, {"none", {{.item = Key()}}}}})),
            "Requested resource not found");
  std::vector<model::BatchWrite> many;
  for (int i = 0; i < 26; ++i) many.push_back({.item = Key(std::to_string(i).c_str())});
  EXPECT_THAT(ErrorOf(Batch({.tables = {{"items", many}}})),
              HasSubstr("Member must have length less than or equal to 25"));
  EXPECT_EQ(Get("items", Key()), std::nullopt);
}

}  // namespace
}  // namespace cruddur::engine
