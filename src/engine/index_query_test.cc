// Query and Scan on local and global indexes.
#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::Item;
using model::Number;
using model::ProjectionType;
using model::ReturnConsumedCapacity;
using model::Select;
using model::Type;

class IndexQuery : public EngineFixture {
 protected:
  IndexQuery() {
    Create({.table = "posts",
            .keys = {.partition = {{"pk", Type::kS}}, .sort = {{"sk", Type::kS}}},
            .attribute_definitions = {{"pk", Type::kS},
                                      {"sk", Type::kS},
                                      {"score", Type::kN},
                                      {"topic", Type::kS},
                                      {"region", Type::kS},
                                      {"year", Type::kN}},
            .indexes = {
                {.name = "by-score",
                 .keys = {.partition = {{"pk", Type::kS}}, .sort = {{"score", Type::kN}}},
                 .projection = {.type = ProjectionType::kKeysOnly}},
                {.name = "by-topic",
                 .global = true,
                 .keys = {.partition = {{"topic", Type::kS}}},
                 .projection = {.type = ProjectionType::kInclude, .non_key_attributes = {"title"}}},
                {.name = "wide",
                 .global = true,
                 .keys = {.partition = {{"topic", Type::kS}, {"region", Type::kS}},
                          .sort = {{"year", Type::kN}, {"score", Type::kN}}}}}});
    for (int i = 0; i < 6; ++i) MustPut("posts", Post(i));
  }

  // Scores 0 0 1 1 2 2, topics t0 t1 t0 t1 t0 t1, years 2020 2020 2020 2021 2021 2021.
  static Item Post(int64_t i) {
    return {{"pk", "p"},
            {"sk", std::string(1, static_cast<char>('a' + i))},
            {"score", Number(i / 2)},
            {"topic", i % 2 == 0 ? "t0" : "t1"},
            {"region", "eu"},
            {"year", Number(2020 + i / 3)},
            {"title", "title " + std::to_string(i)},
            {"body", std::string(5000, 'x')}};
  }

  static model::QueryRequest Query(std::string index, std::string condition, Item values) {
    return {.table = "posts",
            .index = std::move(index),
            .key_condition_expression = std::move(condition),
            .placeholders = {.values = std::move(values)}};
  }
  // The sort keys found, as one text.
  std::string Found(const model::QueryRequest& request) {
    auto page = engine().Query(request);
    if (!page) return page.error().message;
    std::string found;
    for (const Item& item : page->items) found += item.FindString("sk");
    return found;
  }
};

TEST_F(IndexQuery, OrdersALocalIndexByItsOwnKeyThenTheTables) {
  auto request = Query("by-score", "pk = :p", {{":p", "p"}});
  EXPECT_EQ(Found(request), "abcdef");
  request.scan_index_forward = false;
  EXPECT_EQ(Found(request), "fedcba");
  EXPECT_EQ(Found(Query("by-score", "pk = :p AND score = :s", {{":p", "p"}, {":s", Number(1)}})),
            "cd");
  EXPECT_EQ(Found(Query("by-score", "pk = :p AND score > :s", {{":p", "p"}, {":s", Number(0)}})),
            "cdef");
  request.consistent_read = true;
  EXPECT_EQ(Found(request), "fedcba");
}

TEST_F(IndexQuery, FetchesFromTheTableWhatALocalIndexDoesNotProject) {
  auto request = Query("by-score", "pk = :p", {{":p", "p"}});
  request.limit = 2;
  request.return_consumed_capacity = ReturnConsumedCapacity::kIndexes;
  auto keys = engine().Query(request);
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->items[0], (Item{{"pk", "p"}, {"sk", "a"}, {"score", Number(0)}}));
  EXPECT_EQ(keys->consumed_capacity->units.total(), 0.5);
  EXPECT_EQ(keys->consumed_capacity->table->total(), 0);
  EXPECT_EQ(keys->consumed_capacity->local_indexes.at("by-score").total(), 0.5);

  request.select = Select::kAllAttributes;
  auto whole = engine().Query(request);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->items[0], Post(0));
  EXPECT_EQ(whole->items[1], Post(1));
  // Two items of 5 KB: each rounded up to two blocks of 4 KB.
  EXPECT_EQ(whole->consumed_capacity->table->total(), 2);
  EXPECT_EQ(whole->consumed_capacity->units.total(), 2.5);
  EXPECT_EQ(whole->last_evaluated_key, (Item{{"pk", "p"}, {"sk", "b"}, {"score", Number(0)}}));

  request.select = Select::kDefault;
  request.filter_expression = "title = :t";
  request.projection_expression = "topic";
  request.placeholders.values.Set(":t", "title 1");
  auto filtered = engine().Query(request);
  ASSERT_TRUE(filtered) << filtered.error().message;
  EXPECT_EQ(filtered->items, (std::vector<Item>{{{"topic", "t1"}}}));
  EXPECT_EQ(filtered->scanned_count, 2);
}

TEST_F(IndexQuery, AnswersWhatAGlobalIndexProjects) {
  auto page = engine().Query(Query("by-topic", "topic = :t", {{":t", "t1"}}));
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->count, 3);
  EXPECT_EQ(page->items[0],
            (Item{{"pk", "p"}, {"sk", "b"}, {"topic", "t1"}, {"title", "title 1"}}));
}

TEST_F(IndexQuery, GoesOnAmongEqualIndexKeys) {
  auto request = Query("by-topic", "topic = :t", {{":t", "t0"}});
  request.limit = 2;
  auto page = engine().Query(request);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->last_evaluated_key, (Item{{"pk", "p"}, {"sk", "c"}, {"topic", "t0"}}));
  request.exclusive_start_key = page->last_evaluated_key;
  EXPECT_EQ(Found(request), "e");
  request.scan_index_forward = false;
  EXPECT_EQ(Found(request), "a");
}

TEST_F(IndexQuery, TakesKeysOfSeveralAttributes) {
  const Item partition{{":t", "t1"}, {":r", "eu"}};
  auto with = [&](Item more) {
    for (const auto& [name, value] : partition) more.Set(name, value);
    return more;
  };
  const std::string both = "topic = :t AND #r = :r";
  auto query = [&](const std::string& condition, Item values) {
    auto request = Query("wide", condition, with(std::move(values)));
    request.placeholders.names = {{"#r", "region"}};
    if (condition.find("#y") != std::string::npos) {
      request.placeholders.names.emplace_back("#y", "year");
    }
    return request;
  };
  EXPECT_EQ(Found(query(both, {})), "bdf");
  EXPECT_EQ(Found(query(both + " AND #y = :y", {{":y", Number(2021)}})), "df");
  EXPECT_EQ(
      Found(query(both + " AND #y = :y AND score > :s", {{":y", Number(2021)}, {":s", Number(1)}})),
      "f");
  auto page = query(both, {});
  page.limit = 1;
  auto first = engine().Query(page);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->last_evaluated_key.size(), 6u);
  page.limit.reset();
  page.exclusive_start_key = first->last_evaluated_key;
  EXPECT_EQ(Found(page), "df");
}

TEST_F(IndexQuery, IsSparse) {
  MustPut("posts", {{"pk", "p"}, {"sk", "z"}, {"topic", "t0"}});
  EXPECT_EQ(Found(Query("by-score", "pk = :p", {{":p", "p"}})), "abcdef");
  EXPECT_EQ(Found(Query("by-topic", "topic = :t", {{":t", "t0"}})), "acez");
}

TEST_F(IndexQuery, RefusesWhatAnIndexCannotDo) {
  auto by_topic = Query("by-topic", "topic = :t", {{":t", "t1"}});
  by_topic.consistent_read = true;
  EXPECT_EQ(Found(by_topic), "Consistent reads are not supported on global secondary indexes");
  by_topic.consistent_read = false;
  by_topic.projection_expression = "title, body";
  EXPECT_EQ(Found(by_topic),
            "One or more parameter values were invalid: Global secondary index by-topic does not "
            "project [body]");
  by_topic.projection_expression.reset();
  by_topic.exclusive_start_key = {{"pk", "p"}, {"sk", "a"}, {"topic", "t9"}};
  EXPECT_EQ(Found(by_topic),
            "The provided starting key is outside query boundaries based on provided conditions");
}

TEST_F(IndexQuery, ScansAnIndex) {
  auto page = engine().Scan({.table = "posts", .index = "by-topic", .limit = 4});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->count, 4);
  EXPECT_EQ(page->last_evaluated_key.size(), 3u);
  auto rest = engine().Scan(
      {.table = "posts", .index = "by-topic", .exclusive_start_key = page->last_evaluated_key});
  ASSERT_TRUE(rest) << rest.error().message;
  EXPECT_EQ(rest->count, 2);
  auto local = engine().Scan({.table = "posts", .index = "by-score", .consistent_read = true});
  ASSERT_TRUE(local);
  EXPECT_EQ(local->count, 6);
  EXPECT_EQ(
      ErrorOf(engine().Scan({.table = "posts", .index = "by-topic", .consistent_read = true})),
      "Consistent reads are not supported on global secondary indexes");
}

}  // namespace
}  // namespace cruddur::engine
