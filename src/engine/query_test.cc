// Query on a table.
#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::Item;
using model::Number;
using model::ReturnConsumedCapacity;
using model::Select;
using model::Type;

class Query : public EngineFixture {
 protected:
  Query() {
    Create({.table = "songs",
            .keys = {.partition = {{"pk", Type::kS}}, .sort = {{"sk", Type::kN}}},
            .attribute_definitions = {{"pk", Type::kS}, {"sk", Type::kN}}});
    Create({.table = "flat",
            .keys = {.partition = {{"pk", Type::kS}}},
            .attribute_definitions = {{"pk", Type::kS}}});
    for (int i = 0; i < 10; ++i) MustPut("songs", Song(i));
    MustPut("songs", {{"pk", "q"}, {"sk", Number(5)}});
    MustPut("flat", {{"pk", "p"}});
  }

  // Of the partition "p", 0 to 9; the odd ones are of kind "odd".
  static Item Song(int64_t i) {
    return {{"pk", "p"}, {"sk", Number(i)}, {"kind", i % 2 == 1 ? "odd" : "even"}};
  }
  static Item Key(int64_t i) { return {{"pk", "p"}, {"sk", Number(i)}}; }

  static model::QueryRequest All() {
    return {.table = "songs",
            .key_condition_expression = "pk = :p",
            .placeholders = {.values = {{":p", "p"}}}};
  }
  static model::QueryRequest Where(std::string sort, Item values) {
    model::QueryRequest request = All();
    request.key_condition_expression += " AND " + sort;
    values.Set(":p", "p");
    request.placeholders.values = std::move(values);
    return request;
  }
  // The numbers of the songs found.
  std::vector<int64_t> Found(const model::QueryRequest& request) {
    auto page = engine().Query(request);
    EXPECT_TRUE(page) << (page ? "" : page.error().message);
    std::vector<int64_t> numbers;
    if (!page) return numbers;
    for (const Item& item : page->items) {
      int64_t number = -1;
      if (const auto* value = item.Find("sk")) value->As<Number>()->AsInt64(number);
      numbers.push_back(number);
    }
    return numbers;
  }
  std::string Error(const model::QueryRequest& request) { return ErrorOf(engine().Query(request)); }
};

using Numbers = std::vector<int64_t>;

TEST_F(Query, ReadsAPartitionInOrder) {
  EXPECT_EQ(Found(All()), (Numbers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  auto request = All();
  request.scan_index_forward = false;
  EXPECT_EQ(Found(request), (Numbers{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}));
  request.placeholders.values.Set(":p", "nobody");
  EXPECT_EQ(Found(request), Numbers());
}

TEST_F(Query, KeepsToTheSortKeyCondition) {
  struct Case {
    const char* condition;
    Item values;
    Numbers forward;
  };
  for (const Case& c : std::vector<Case>{
           {"sk = :a", {{":a", Number(3)}}, {3}},
           {"sk = :a", {{":a", Number(30)}}, {}},
           {"sk < :a", {{":a", Number(3)}}, {0, 1, 2}},
           {"sk <= :a", {{":a", Number(3)}}, {0, 1, 2, 3}},
           {"sk > :a", {{":a", Number(7)}}, {8, 9}},
           {"sk >= :a", {{":a", Number(7)}}, {7, 8, 9}},
           {"sk BETWEEN :a AND :b", {{":a", Number(2)}, {":b", Number(4)}}, {2, 3, 4}},
           {"sk BETWEEN :a AND :b",
            {{":a", *Number::Parse("2.5")}, {":b", *Number::Parse("2.6")}},
            {}},
       }) {
    auto request = Where(c.condition, c.values);
    EXPECT_EQ(Found(request), c.forward) << c.condition;
    request.scan_index_forward = false;
    EXPECT_EQ(Found(request), Numbers(c.forward.rbegin(), c.forward.rend())) << c.condition;
  }
}

TEST_F(Query, LimitsWhatIsReadBeforeTheFilter) {
  auto request = All();
  request.limit = 4;
  request.filter_expression = "kind = :odd";
  request.placeholders.values.Set(":odd", "odd");
  auto page = engine().Query(request);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->count, 2);
  EXPECT_EQ(page->scanned_count, 4);
  EXPECT_EQ(page->last_evaluated_key, Key(3));

  request.exclusive_start_key = page->last_evaluated_key;
  EXPECT_EQ(Found(request), (Numbers{5, 7}));
}

TEST_F(Query, GoesOnInBothDirections) {
  auto request = Where("sk BETWEEN :a AND :b", {{":a", Number(2)}, {":b", Number(6)}});
  request.limit = 2;
  request.exclusive_start_key = Key(4);
  EXPECT_EQ(Found(request), (Numbers{5, 6}));
  request.scan_index_forward = false;
  EXPECT_EQ(Found(request), (Numbers{3, 2}));
  // A start key names a place: there need be no item.
  request.exclusive_start_key = {{"pk", "p"}, {"sk", *Number::Parse("3.5")}};
  EXPECT_EQ(Found(request), (Numbers{3, 2}));
}

TEST_F(Query, AnswersAKeyOnlyWhenItStopped) {
  auto page = engine().Query(All());
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->last_evaluated_key.empty());
  auto request = All();
  request.limit = 10;  // met: nobody looked whether more follows
  page = engine().Query(request);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->last_evaluated_key, Key(9));
  request.exclusive_start_key = page->last_evaluated_key;
  page = engine().Query(request);
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->items.empty());
  EXPECT_TRUE(page->last_evaluated_key.empty());
  // One item by its whole key can't go on.
  auto one = Where("sk = :a", {{":a", Number(3)}});
  one.limit = 1;
  page = engine().Query(one);
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->last_evaluated_key.empty());
}

TEST_F(Query, StopsAfterAMegabyte) {
  for (int i = 0; i < 8; ++i) {
    MustPut("songs", {{"pk", "big"}, {"sk", Number(i)}, {"x", std::string(200'000, 'x')}});
  }
  auto request = All();
  request.placeholders.values.Set(":p", "big");
  request.filter_expression = "attribute_not_exists(x)";
  request.consistent_read = true;
  request.return_consumed_capacity = ReturnConsumedCapacity::kTotal;
  auto page = engine().Query(request);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->count, 0);
  EXPECT_EQ(page->scanned_count, 6);  // the item that crosses the line is the last one
  EXPECT_EQ(page->last_evaluated_key, (Item{{"pk", "big"}, {"sk", Number(5)}}));
  EXPECT_EQ(page->consumed_capacity->units.total(), 293);  // ceil(6 * 200,0xx / 4096)
}

TEST_F(Query, CountsAndProjects) {
  auto request = All();
  request.select = Select::kCount;
  auto page = engine().Query(request);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->count, 10);
  EXPECT_EQ(page->scanned_count, 10);
  EXPECT_TRUE(page->items.empty());

  request.limit = 3;
  page = engine().Query(request);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->count, 3);
  EXPECT_EQ(page->last_evaluated_key, Key(2));

  request = All();
  request.limit = 1;
  request.projection_expression = "kind";
  page = engine().Query(request);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->items, (std::vector<Item>{{{"kind", "even"}}}));
  EXPECT_EQ(page->last_evaluated_key, Key(0));  // though its attributes were not asked for
}

TEST_F(Query, CostsTheSumRoundedOnce) {
  auto request = All();
  request.return_consumed_capacity = ReturnConsumedCapacity::kIndexes;
  auto page = engine().Query(request);
  ASSERT_TRUE(page && page->consumed_capacity);
  EXPECT_EQ(page->consumed_capacity->units.total(), 0.5);
  ASSERT_TRUE(page->consumed_capacity->table);
  EXPECT_EQ(page->consumed_capacity->table->total(), 0.5);
  request.placeholders.values.Set(":p", "nobody");
  page = engine().Query(request);
  EXPECT_EQ(page->consumed_capacity->units.total(), 0.5);
}

TEST_F(Query, RefusesBadRequests) {
  auto with = [](auto change) {
    model::QueryRequest request = All();
    change(request);
    return request;
  };
  using Request = model::QueryRequest;
  struct Case {
    Request request;
    std::string text;
  };
  const std::string out_of_range =
      "The provided starting key is outside query boundaries based on provided conditions";
  for (const Case& c : std::vector<Case>{
           {with([](Request& r) { r.table = "nothing"; }), "Requested resource not found"},
           {with([](Request& r) { r.index = "none"; }),
            "The table does not have the specified index: none"},
           {with([](Request& r) { r.limit = 0; }),
            "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member "
            "must have value greater than or equal to 1"},
           {with([](Request& r) { r.key_condition_expression.clear(); }),
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
            "request."},
           {with([](Request& r) { r.key_condition_expression = "sk = :p"; }),
            "Query condition missed key schema element: pk"},
           {with([](Request& r) { r.placeholders.values.Set(":unused", "x"); }),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:unused}"},
           {with([](Request& r) { r.filter_expression = "sk = :p"; }),
            "Filter Expression can only contain non-primary key attributes: Primary key "
            "attribute: sk"},
           {with([](Request& r) { r.exclusive_start_key = {{"pk", "p"}}; }),
            "The provided starting key is invalid"},
           {with([](Request& r) { r.exclusive_start_key = {{"pk", "x"}, {"sk", Number(1)}}; }),
            out_of_range},
           {with([](Request& r) {
              r.table = "flat";
              r.exclusive_start_key = {{"pk", "p"}};
            }),
            "The query can return at most one row and cannot be restarted"},
       }) {
    EXPECT_EQ(Error(c.request), c.text);
  }
  auto beyond = Where("sk < :a", {{":a", Number(3)}});
  beyond.exclusive_start_key = Key(3);
  EXPECT_EQ(Error(beyond), "The provided starting key does not match the range key predicate");
}

}  // namespace
}  // namespace cruddur::engine
