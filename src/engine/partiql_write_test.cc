#include "engine/partiql_fixture.h"

namespace cruddur::engine {
namespace {

class PartiqlWrite : public PartiqlFixture {
 protected:
  std::string Stored(const std::string& p) {
    auto item = Get("plain", {{"p", p}});
    return item ? TextOf({*item}) : "none";
  }
};

TEST_F(PartiqlWrite, InsertsOnce) {
  EXPECT_EQ(Run("INSERT INTO plain VALUE {'p': ?, 'n': 1}", {"a"}), "[]");
  EXPECT_EQ(Stored("a"), R"([{"n":{"N":"1"},"p":{"S":"a"}}])");
  auto again = Execute({.statement = {.statement = "INSERT INTO plain VALUE {'p': 'a', 'n': 2}"}});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, model::DbErrorCode::kDuplicateItem);
  EXPECT_EQ(again.error().message, "Duplicate primary key exists in table");
  EXPECT_EQ(Stored("a"), R"([{"n":{"N":"1"},"p":{"S":"a"}}])");
  EXPECT_EQ(Run("INSERT INTO songs VALUE {'p': 'a'}"),
            "One or more parameter values were invalid: Missing the key s in the item");
}

TEST_F(PartiqlWrite, UpdatesOnlyWhatIsThere) {
  const std::string update = "UPDATE plain SET n = n + 1 WHERE p = 'a'";
  EXPECT_EQ(Run(update), "The conditional request failed");
  EXPECT_EQ(Run(update + " AND attribute_not_exists(p)"), "The conditional request failed");
  EXPECT_EQ(Stored("a"), "none");
  MustPut("plain", {{"p", "a"}, {"n", model::Number(5)}, {"k", "x"}});
  EXPECT_EQ(Run(update), "[]");
  EXPECT_EQ(Run("UPDATE plain SET n = n - 1 REMOVE k WHERE p = 'a' AND k = 'y'"),
            "The conditional request failed");
  EXPECT_EQ(Run("FROM plain WHERE (p = 'a' AND k = 'x') SET n = n - 2 REMOVE k"), "[]");
  EXPECT_EQ(Stored("a"), R"([{"n":{"N":"4"},"p":{"S":"a"}}])");
}

TEST_F(PartiqlWrite, DeletesUnlessAConditionFails) {
  MustPut("plain", {{"p", "a"}, {"k", "x"}});
  EXPECT_EQ(Run("DELETE FROM plain WHERE p = 'a' AND k = 'y'"), "The conditional request failed");
  EXPECT_EQ(Run("DELETE FROM plain WHERE p = 'a' AND NOT begins_with(k, 'x')"),
            "The conditional request failed");
  EXPECT_EQ(Run("DELETE FROM plain WHERE p = 'a' AND k = ?", {"x"}), "[]");
  EXPECT_EQ(Stored("a"), "none");
  EXPECT_EQ(Run("DELETE FROM plain WHERE p = 'a' AND k = 'y'"), "[]");
  EXPECT_EQ(Run("DELETE FROM plain WHERE p = 'a' RETURNING ALL OLD *"), "[]");
}

TEST_F(PartiqlWrite, ReturnsWhatWasAskedFor) {
  MustPut("plain", {{"p", "a"}, {"k", "x"}, {"l", model::List{"a", "b", "c"}}});
  const std::string where = " WHERE p = 'a' RETURNING ";
  EXPECT_EQ(Run("UPDATE plain SET k = 'y'" + where + "MODIFIED OLD *"), R"([{"k":{"S":"x"}}])");
  EXPECT_EQ(Run("UPDATE plain SET k = 'z'" + where + "MODIFIED NEW *"), R"([{"k":{"S":"z"}}])");
  EXPECT_EQ(Run("UPDATE plain REMOVE k" + where + "MODIFIED NEW *"), "[]");
  EXPECT_EQ(Run("UPDATE plain SET l[2] = 'y', l[0] = 'x'" + where + "MODIFIED NEW *"),
            R"([{"l":{"L":[{"S":"x"},{"S":"y"}]}}])");
  EXPECT_EQ(Run("UPDATE plain REMOVE l[1]" + where + "MODIFIED NEW *"),
            R"([{"l":{"L":[{"S":"y"}]}}])");
  EXPECT_EQ(Run("UPDATE plain REMOVE l" + where + "ALL NEW *"), R"([{"p":{"S":"a"}}])");
  EXPECT_EQ(Run("DELETE FROM plain" + where + "ALL OLD *"), R"([{"p":{"S":"a"}}])");
}

TEST_F(PartiqlWrite, ShowsTheItemThatFailedACondition) {
  MustPut("plain", {{"p", "a"}, {"k", "x"}});
  auto failed =
      Execute({.statement = {.statement = "UPDATE plain SET n = 1 WHERE p = 'a' AND k = 'y'",
                             .on_condition_failure = model::ReturnValuesOnFailure::kAllOld}});
  ASSERT_FALSE(failed);
  ASSERT_TRUE(failed.error().details);
  EXPECT_EQ(failed.error().details->item, (model::Item{{"k", "x"}, {"p", "a"}}));
}

TEST_F(PartiqlWrite, MeansOneItem) {
  const std::string incomplete =
      "Where clause does not contain a mandatory equality on all key attributes";
  const std::pair<std::string, std::string> cases[] = {
      {"DELETE FROM songs WHERE p = 'a'", incomplete},
      {"DELETE FROM songs WHERE n = 1", incomplete},
      {"DELETE FROM songs", incomplete},
      {"FROM songs SET c = 1", incomplete},
      {"UPDATE songs SET n = 1 WHERE p IN ['a'] AND s = '1'", incomplete},
      {"UPDATE songs SET n = 1 WHERE p = 'a' OR s = '1'", incomplete},
      {"UPDATE songs SET n = 1 WHERE p = 'a' AND s = '1' AND p = 'b'",
       "Multiple conditions on same key p. Only single item Update/Insert/Delete are supported"},
      {"UPDATE songs SET n = 1 WHERE p = 'a' AND s = 1",
       "Key attribute's data type should match its data type in table's schema: Key s"},
      {"UPDATE songs SET p = 'b' WHERE p = 'a' AND s = '1'",
       "One or more parameter values were invalid: Cannot update attribute p. This attribute is "
       "part of the key"},
      {"UPDATE songs.\"by-g\" SET n = 1 WHERE p = 'a' AND s = '1'",
       "This operation is not supported on an index"},
      {"DELETE FROM songs.\"by-g\" WHERE p = 'a' AND s = '1'",
       "This operation is not supported on an index"},
      {"UPDATE nothing SET c = 1", "Requested resource not found"},
  };
  for (const auto& [statement, error] : cases) EXPECT_EQ(Run(statement), error) << statement;
}

TEST_F(PartiqlWrite, IsShortAboutNesting) {
  MustPut("plain", {{"p", "a"}, {"m", model::Map()}});
  model::AttributeValue deep = "x";
  for (int i = 0; i < 31; ++i) deep = model::List{std::move(deep)};
  EXPECT_EQ(Run("UPDATE plain SET m.deep = ? WHERE p = 'a'", {deep}),
            "Nesting Levels have exceeded supported limits");
}

TEST_F(PartiqlWrite, RunsABatchStatementByStatement) {
  MustPut("plain", {{"p", "a"}, {"k", "x"}});
  auto response = ExecuteBatch(
      {.statements = {{.statement = "INSERT INTO plain VALUE {'p': 'b'}"},
                      {.statement = "INSERT INTO plain VALUE {'p': 'a'}"},
                      {.statement = "UPDATE plain SET n = 1 WHERE p = 'a' AND k = 'y'",
                       .on_condition_failure = model::ReturnValuesOnFailure::kAllOld},
                      {.statement = "UPDATE plain SET n = 1 WHERE p = 'a' RETURNING ALL NEW *"},
                      {.statement = "SLECT * FROM plain"},
                      {.statement = "DELETE FROM nothing WHERE p = 'a'"},
                      {.statement = "DELETE FROM plain WHERE k = 'a'"}},
       .return_consumed_capacity = model::ReturnConsumedCapacity::kTotal});
  ASSERT_TRUE(response);
  const auto& responses = response->responses;
  ASSERT_EQ(responses.size(), 7);
  const std::string expected[] = {
      "plain||",
      "plain|Duplicate primary key exists in table|",
      "plain|The conditional request failed|",
      R"(plain||[{"k":{"S":"x"},"n":{"N":"1"},"p":{"S":"a"}}])",
      "|Statement wasn't well formed, can't be processed: Expected data manipulation|",
      "|Requested resource not found|",
      "|Where clause does not contain a mandatory equality on all key attributes|",
  };
  for (size_t i = 0; i < responses.size(); ++i) {
    const auto& each = responses[i];
    EXPECT_EQ(each.table + "|" + (each.error ? each.error->message : "") + "|" +
                  (each.item ? TextOf({*each.item}) : ""),
              expected[i])
        << i;
  }
  EXPECT_EQ(response->consumed_capacity.size(), 2);
}

TEST_F(PartiqlWrite, ReadsABatchByKeysAlone) {
  MustPut("songs", {{"p", "a"}, {"s", "1"}, {"n", model::Number(1)}});
  const std::string select = "SELECT n FROM songs WHERE ";
  auto response =
      ExecuteBatch({.statements = {{.statement = select + "p = 'a' AND s = '1'"},
                                   {.statement = select + "p IN ['a'] AND s = '2'"},
                                   {.statement = select + "p = 'a'"},
                                   {.statement = select + "p = 'a' AND s = '1' AND n = 1"}}});
  ASSERT_TRUE(response);
  EXPECT_EQ(TextOf({*response->responses[0].item}), R"([{"n":{"N":"1"}}])");
  EXPECT_FALSE(response->responses[1].item);
  EXPECT_FALSE(response->responses[1].error);
  for (size_t i : {2, 3}) {
    EXPECT_EQ(response->responses[i].error->message,
              "Select statements within BatchExecuteStatement must specify the primary key in the "
              "where clause.");
  }
  auto mixed = ExecuteBatch({.statements = {{.statement = select + "p = 'a' AND s = '1'"},
                                            {.statement = "DELETE FROM plain WHERE p = 'a'"}}});
  EXPECT_EQ(ErrorOf(mixed),
            "BatchExecuteStatement API does not support both read and write operations in the same "
            "request.");
}

}  // namespace
}  // namespace cruddur::engine
