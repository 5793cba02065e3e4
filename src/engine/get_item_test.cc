// GetItem, BatchGetItem and TransactGetItems.
#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::DbErrorCode;
using model::Item;
using model::Number;
using model::ReturnConsumedCapacity;
using model::Type;

class GetItem : public EngineFixture {
 protected:
  GetItem() {
    Create({.table = "things",
            .keys = {.partition = {{"pk", Type::kS}}, .sort = {{"sk", Type::kN}}},
            .attribute_definitions = {{"pk", Type::kS}, {"sk", Type::kN}}});
    Create({.table = "others",
            .keys = {.partition = {{"id", Type::kB}}},
            .attribute_definitions = {{"id", Type::kB}}});
    MustPut("things", {{"pk", "a"}, {"sk", Number(1)}, {"m", model::Map{{"x", "1"}, {"y", "2"}}}});
    MustPut("things", {{"pk", "a"}, {"sk", Number(2)}, {"big", std::string(9000, 'x')}});
    MustPut("others", {{"id", model::Binary{"\x01"}}, {"v", true}});
  }
  static Item Key(const char* pk, int64_t sk) { return {{"pk", pk}, {"sk", Number(sk)}}; }
};

TEST_F(GetItem, FindsWhatWasPut) {
  EXPECT_EQ(Get("things", Key("a", 1)),
            (Item{{"pk", "a"}, {"sk", Number(1)}, {"m", model::Map{{"x", "1"}, {"y", "2"}}}}));
  EXPECT_EQ(Get("things", Key("a", 3)), std::nullopt);
  EXPECT_EQ(Get("things", Key("b", 1)), std::nullopt);
}

TEST_F(GetItem, ProjectsWhatIsAskedFor) {
  auto got = engine().GetItem({.table = "things",
                               .key = Key("a", 1),
                               .projection_expression = "m.#x, absent",
                               .placeholders = {.names = {{"#x", "x"}}}});
  ASSERT_TRUE(got && got->item);
  EXPECT_EQ(*got->item, (Item{{"m", model::Map{{"x", "1"}}}}));
}

TEST_F(GetItem, CostsByTheItemBeforeProjection) {
  struct Case {
    Item key;
    bool consistent;
    double units;
  };
  for (const Case& c : std::vector<Case>{
           {Key("a", 1), false, 0.5},
           {Key("a", 1), true, 1},
           {Key("a", 2), false, 1.5},
           {Key("a", 2), true, 3},
           {Key("none", 1), false, 0.5},
           {Key("none", 1), true, 1},
       }) {
    auto got = engine().GetItem({.table = "things",
                                 .key = c.key,
                                 .consistent_read = c.consistent,
                                 .projection_expression = "pk",
                                 .return_consumed_capacity = ReturnConsumedCapacity::kTotal});
    ASSERT_TRUE(got && got->consumed_capacity);
    EXPECT_EQ(got->consumed_capacity->units.total(), c.units);
    EXPECT_FALSE(got->consumed_capacity->table);
  }
}

TEST_F(GetItem, RefusesBadRequests) {
  struct Case {
    model::GetItemRequest request;
    std::string text;
  };
  for (const Case& c : std::vector<Case>{
           {{.table = "a"},
            "1 validation error detected: Value 'a' at 'tableName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 3"},
           {{.table = "nothing", .key = Key("a", 1)}, "Requested resource not found"},
           {{.table = "things", .key = {{"pk", "a"}}},
            "The provided key element does not match the schema"},
           {{.table = "things", .key = Key("", 1)},
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: pk"},
           {{.table = "things", .key = Key("a", 1), .placeholders = {.names = {{"#x", "x"}}}},
            "ExpressionAttributeNames can only be specified when using expressions"},
           {{.table = "things",
             .key = Key("a", 1),
             .projection_expression = "m",
             .placeholders = {.names = {{"#x", "x"}}}},
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}"},
       }) {
    EXPECT_EQ(ErrorOf(engine().GetItem(c.request)), c.text);
  }
  auto none = engine().GetItem({.table = "nothing", .key = Key("a", 1)});
  EXPECT_EQ(none.error().code, DbErrorCode::kResourceNotFound);
}

TEST_F(GetItem, ReadsABatchFromSeveralTables) {
  auto got =
      engine().BatchGetItem({.tables = {{"others", {.keys = {{{"id", model::Binary{"\x01"}}}}}},
                                        {"things",
                                         {.keys = {Key("a", 1), Key("none", 1), Key("a", 2)},
                                          .consistent_read = true,
                                          .projection_expression = "sk"}}},
                             .return_consumed_capacity = ReturnConsumedCapacity::kTotal});
  ASSERT_TRUE(got) << got.error().message;
  ASSERT_EQ(got->items.size(), 2u);
  EXPECT_EQ(got->items[0].first, "others");
  EXPECT_EQ(got->items[0].second,
            (std::vector<Item>{{{"id", model::Binary{"\x01"}}, {"v", true}}}));
  EXPECT_EQ(got->items[1].second, (std::vector<Item>{{{"sk", Number(1)}}, {{"sk", Number(2)}}}));
  EXPECT_TRUE(got->unprocessed.empty());
  // Each item is rounded for itself, a missing one costs like a small one.
  ASSERT_EQ(got->consumed_capacity.size(), 2u);
  EXPECT_EQ(got->consumed_capacity[0].units.total(), 0.5);
  EXPECT_EQ(got->consumed_capacity[1].units.total(), 1 + 1 + 3);
}

TEST_F(GetItem, RefusesBadBatches) {
  auto batch = [&](std::vector<Item> keys) {
    return ErrorOf(engine().BatchGetItem({.tables = {{"things", {.keys = std::move(keys)}}}}));
  };
  std::vector<Item> hundred;
  for (int i = 0; i < 100; ++i) hundred.push_back(Key("k", i));
  EXPECT_EQ(batch(hundred), "");
  hundred.push_back(Key("k", 100));
  EXPECT_EQ(batch(hundred),
            "1 validation error detected: Value at 'RequestItems.things.member.Keys' failed to "
            "satisfy constraint: Member must have length less than or equal to 100");
  hundred.pop_back();
  EXPECT_EQ(ErrorOf(engine().BatchGetItem(
                {.tables = {{"things", {.keys = hundred}},
                            {"others", {.keys = {{{"id", model::Binary{"\x01"}}}}}}}})),
            "Too many items requested for the BatchGetItem call");
  EXPECT_EQ(batch({Key("a", 1000), {{"pk", "a"}, {"sk", *Number::Parse("1e3")}}}),
            "Provided list of item keys contains duplicates");
  EXPECT_EQ(batch({{{"pk", "a"}}}), "The provided key element does not match the schema");
  EXPECT_EQ(ErrorOf(engine().BatchGetItem({})),
            "The requestItems parameter is required for BatchGetItem");
}

TEST_F(GetItem, LeavesABatchBeyond16MegabytesUnprocessed) {
  std::vector<Item> keys;
  for (int i = 0; i < 50; ++i) {
    keys.push_back(Key("large", i));
    Item item = keys.back();
    item.Set("data", std::string(400'000, 'x'));
    MustPut("things", item);
  }
  auto got = engine().BatchGetItem({.tables = {{"things", {.keys = keys}}}});
  ASSERT_TRUE(got);
  const size_t read = got->items[0].second.size();
  EXPECT_EQ(read, 42u);  // the first sum to reach 16 MB
  ASSERT_EQ(got->unprocessed.size(), 1u);
  EXPECT_EQ(got->unprocessed[0].second.keys.size(), 50 - read);
  EXPECT_EQ(got->unprocessed[0].second.keys.front(), keys[read]);
}

TEST_F(GetItem, ReadsATransactionInOrder) {
  auto got = engine().TransactGetItems(
      {.items = {{.table = "things", .key = Key("a", 2), .projection_expression = "sk"},
                 {.table = "things", .key = Key("none", 1)},
                 {.table = "others", .key = {{"id", model::Binary{"\x01"}}}}},
       .return_consumed_capacity = ReturnConsumedCapacity::kTotal});
  ASSERT_TRUE(got) << got.error().message;
  ASSERT_EQ(got->items.size(), 3u);
  EXPECT_EQ(got->items[0], (Item{{"sk", Number(2)}}));
  EXPECT_EQ(got->items[1], std::nullopt);
  EXPECT_TRUE(got->items[2]);
  ASSERT_EQ(got->consumed_capacity.size(), 2u);
  EXPECT_EQ(got->consumed_capacity[0].units.read, 6 + 2);
  EXPECT_TRUE(got->consumed_capacity[0].transactional);
  EXPECT_EQ(got->consumed_capacity[1].units.read, 2);
}

TEST_F(GetItem, CancelsTransactionsWithABadKey) {
  auto got = engine().TransactGetItems({.items = {{.table = "things", .key = Key("a", 1)},
                                                  {.table = "things", .key = {{"pk", "a"}}}}});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, DbErrorCode::kTransactionCanceled);
  EXPECT_EQ(got.error().message,
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
            "ValidationError]");
  ASSERT_TRUE(got.error().details);
  const auto& reasons = got.error().details->reasons;
  ASSERT_EQ(reasons.size(), 2u);
  EXPECT_EQ(reasons[0].code, "None");
  EXPECT_EQ(reasons[0].message, "");
  EXPECT_EQ(reasons[1].message, "The provided key element does not match the schema");
}

TEST_F(GetItem, LeavesEmptyAnswersOutOfATransaction) {
  auto got = engine().TransactGetItems(
      {.items = {{.table = "things", .key = Key("a", 2), .projection_expression = "nothing"}}});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->items, std::vector<std::optional<Item>>{std::nullopt});
}

TEST_F(GetItem, RefusesTransactionsWithAnEmptyKeyAsAWhole) {
  auto got = engine().TransactGetItems({.items = {{.table = "things", .key = {{"pk", "a"}}},
                                                  {.table = "things", .key = Key("", 1)}}});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, DbErrorCode::kValidation);
  EXPECT_EQ(got.error().message,
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: pk");
}

TEST_F(GetItem, RefusesBadTransactions) {
  auto transact = [&](std::vector<model::TransactGet> items) {
    return ErrorOf(engine().TransactGetItems({.items = std::move(items)}));
  };
  EXPECT_EQ(transact({}),
            "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy "
            "constraint: Member must have length greater than or equal to 1");
  EXPECT_EQ(
      transact({{.table = "things", .key = Key("a", 1)}, {.table = "things", .key = Key("a", 1)}}),
      "Transaction request cannot include multiple operations on one item");
  EXPECT_EQ(transact({{.table = "nothing", .key = Key("a", 1)}}), "Requested resource not found");
  EXPECT_EQ(transact(std::vector<model::TransactGet>(101, {.table = "things"})),
            "1 validation error detected: Value '[...]' at 'transactItems' failed to satisfy "
            "constraint: Member must have length less than or equal to 100");
}

}  // namespace
}  // namespace cruddur::engine
