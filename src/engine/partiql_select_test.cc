#include "engine/partiql_fixture.h"

namespace cruddur::engine {
namespace {

class PartiqlSelect : public PartiqlFixture {
 protected:
  PartiqlSelect() {
    for (const char* p : {"a", "b"}) {
      for (const char* s : {"1", "2", "3"}) {
        MustPut("songs", {{"p", p},
                          {"s", s},
                          {"n", model::Number(s[0] - '0')},
                          {"m", model::Map{{"k", model::List{"x", "y"}}}}});
      }
    }
    MustPut("songs", {{"p", "c"}, {"s", "1"}, {"g", "g1"}, {"l", "l2"}, {"x", "x1"}, {"y", "y1"}});
    MustPut("songs", {{"p", "c"}, {"s", "2"}, {"g", "g1"}, {"l", "l1"}, {"x", "x2"}, {"y", "y2"}});
    MustPut("songs", {{"p", "c"}, {"s", "3"}, {"g", "g2"}, {"y", "y3"}});
  }

  // All pages, each with so many reads at most.
  std::string Pages(const std::string& statement, int64_t limit) {
    std::string text, token;
    do {
      auto page =
          Execute({.statement = {.statement = statement}, .limit = limit, .next_token = token});
      if (!page) return page.error().message;
      if (!text.empty()) text += " ";
      text += std::to_string(page->items.size());
      token = page->next_token;
    } while (!token.empty());
    return text;
  }
};

TEST_F(PartiqlSelect, ReadsByKeyRangeAndFilter) {
  const std::pair<std::string, std::string> cases[] = {
      {"p = 'a'", "1 2 3"},
      {"p = 'a' AND s = '2'", "2"},
      {"p = 'a' AND s > '1'", "2 3"},
      {"p = 'a' AND s >= '2' AND s < '3'", "2"},
      {"p = 'a' AND s BETWEEN '1' AND '2'", "1 2"},
      {"p = 'a' AND begins_with(s, '3')", "3"},
      {"p = 'a' AND n > 1", "2 3"},
      {"p = 'a' AND s = '1' AND s > '0'", "1"},
      {"p = 'a' AND s = '1' AND s = '2'", ""},
      {"p = 'a' AND (s = '1' OR s = '3')", "1 3"},
      {"p = 'a' AND s IN ['3', '1']", "1 3"},
      {"p = 'a' AND (s < '2' OR s > '2' OR s = '2')", "1 2 3"},
      {"p = 'a' AND s <> '2'", "1 3"},
      {"p = 'a' AND NOT s = '2'", "1 3"},
      {"p = 'a' AND NOT s = '1' OR p = 'a' AND s = '2'", "2 3"},
      {"p = 'a' OR p = 'a' AND NOT s = '1'", "1 2 3"},
      {"p IN ['a', 'b']", "1 2 3 1 2 3"},
      {"p = 'a' AND s = '1' OR p = 'b' AND s > '1'", "1 2 3"},
      {"p = 'a' AND attribute_exists(p)", "1 2 3"},
      {"p = 'none'", ""},
      {"p > 'b' AND n IS MISSING AND s = '1'", "1"},
      {"y = 'y3'", "3"},
      {"p > 1", ""},
      {"p IN ['a', 'a']",
       "Overlapping conditions with range keys are not supported in where clause"},
      {"p = 'a' OR p = 'a'",
       "Overlapping conditions with range keys are not supported in where clause"},
      {"p = 'a' AND (s > '0' OR s < '5')",
       "Overlapping conditions with range keys are not supported in where clause"},
      {"p = 'a' AND (s = '1' OR n = 2)",
       "Overlapping conditions with range keys are not supported in where clause"},
      {"p = 'a' AND x <> '1' OR p = 'a' AND s = '2'",
       "Overlapping conditions with range keys are not supported in where clause"},
  };
  for (const auto& [where, keys] : cases) {
    EXPECT_EQ(SortKeys("SELECT * FROM songs WHERE " + where), keys) << where;
  }
}

TEST_F(PartiqlSelect, ShowsTheColumnsThatWereAskedFor) {
  EXPECT_EQ(Run("SELECT n, m.k[1], m.k, nope FROM songs WHERE p = ? AND s = ?", {"a", "2"}),
            R"([{"k":{"L":[{"S":"x"},{"S":"y"}]},"k[1]":{"S":"y"},"n":{"N":"2"}}])");
  EXPECT_EQ(Run("SELECT nope FROM songs WHERE p = 'a' AND s = '1'"), "[{}]");
}

TEST_F(PartiqlSelect, OrdersByKeys) {
  const std::pair<std::string, std::string> cases[] = {
      {"p = 'a' ORDER BY s", "1 2 3"},
      {"p = 'a' ORDER BY s DESC", "3 2 1"},
      {"p = 'a' ORDER BY p ASC", "3 2 1"},
      {"p = 'a' AND s IN ['1', '3'] ORDER BY s DESC", "3 1"},
      {"p = 'a' AND n > 1 ORDER BY s DESC", "3 2"},
      {"p = 'a' ORDER BY n", "Attribute n in ORDER BY clause must be part of the primary key"},
      {"p > 'a' ORDER BY s",
       "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY "
       "clause."},
      {"p IN ['a', 'b'] ORDER BY s",
       "Must have hash key in ORDER BY clause when more than one hash key condition specified in "
       "WHERE clause."},
  };
  for (const auto& [where, keys] : cases) {
    EXPECT_EQ(SortKeys("SELECT * FROM songs WHERE " + where), keys) << where;
  }
  EXPECT_EQ(SortKeys("SELECT * FROM songs ORDER BY s"),
            "Must have WHERE clause in the statement when using ORDER BY clause.");
  EXPECT_EQ(Run("SELECT p, s FROM songs WHERE p IN ['a', 'b'] AND s < '3' ORDER BY p DESC, s ASC"),
            R"([{"p":{"S":"b"},"s":{"S":"1"}},{"p":{"S":"b"},"s":{"S":"2"}},)"
            R"({"p":{"S":"a"},"s":{"S":"1"}},{"p":{"S":"a"},"s":{"S":"2"}}])");
}

TEST_F(PartiqlSelect, ReadsIndexes) {
  EXPECT_EQ(Run("SELECT * FROM songs.\"by-g\" WHERE g = 'g1' AND x = 'x1'"),
            R"([{"g":{"S":"g1"},"p":{"S":"c"},"s":{"S":"1"},"x":{"S":"x1"}}])");
  EXPECT_EQ(SortKeys("SELECT * FROM songs.\"by-l\" WHERE p = 'c'"), "2 1");
  EXPECT_EQ(SortKeys("SELECT * FROM songs.\"by-l\" WHERE p = 'c' AND l > 'l1'", true), "1");
  // A local index leads to the items.
  EXPECT_EQ(Run("SELECT y FROM songs.\"by-l\" WHERE p = 'c' ORDER BY l"),
            R"([{"y":{"S":"y2"}},{"y":{"S":"y1"}}])");
  // Without its key an index is scanned as it is.
  EXPECT_EQ(SortKeys("SELECT * FROM songs.\"by-g\" WHERE y = 'y1'"), "");
  EXPECT_EQ(SortKeys("SELECT * FROM songs.\"by-l\" WHERE y = 'y1'"), "");
  EXPECT_EQ(SortKeys("SELECT * FROM songs.\"by-g\" WHERE g = 'g2' AND x IS MISSING"), "3");
}

TEST_F(PartiqlSelect, RefusesWhatAnIndexCannotAnswer) {
  const std::string unprojected =
      "One or more parameter values were invalid: Secondary index by-g does not project one or "
      "more filter attributes: ";
  const std::pair<std::string, std::string> cases[] = {
      {"SELECT y FROM songs.\"by-g\" WHERE g = 'g1'",
       "One or more parameter values were invalid: Global secondary index by-g does not project "
       "[y]"},
      {"SELECT * FROM songs.\"by-g\" WHERE g = 'g1' AND y = '1'", unprojected + "[y]"},
      {"SELECT * FROM songs.\"by-g\" WHERE g = 'g1' AND NOT (y = '1' OR x = '1')",
       unprojected + "[y]"},
      {"SELECT * FROM songs.\"by-g\" WHERE g IN ['g1', 'g2'] AND y IS MISSING",
       unprojected + "[y]"},
      {"SELECT * FROM songs.\"by-g\" WHERE g = 'g1' AND b = '1' AND (a = '2' OR x = '3')",
       unprojected + "[a, b]"},
      {"SELECT * FROM songs.\"by-g\" WHERE g = 'g1' AND (zz = '1' OR aa = '2' OR mm = '3')",
       unprojected + "[zz, aa, mm]"},
      {"SELECT * FROM songs.\"by-g\" WHERE (g = 'b' AND u1 = '1') OR (g = 'q' AND u2 = '1')",
       unprojected + "[u2]"},
      {"SELECT * FROM songs.\"by-l\" WHERE p = 'c' AND y = '1'",
       "One or more parameter values were invalid: Secondary index by-l does not project one or "
       "more filter attributes: [y]"},
      {"SELECT * FROM songs.nope WHERE p = 'c'", "The table does not have the specified index"},
      {"SELECT * FROM nothing WHERE p = 'c'", "Requested resource not found"},
  };
  for (const auto& [statement, error] : cases) EXPECT_EQ(Run(statement), error) << statement;
  for (const char* where :
       {"(g = 'y' AND x = '1') OR (g = 'z' AND aa = '1')", "g > 'a' AND zz = '1'",
        "g = 'y' AND (g = 'z' OR zz = '1')", "(g = 'y' AND zz = '1') OR aa = '1'"}) {
    EXPECT_EQ(SortKeys(std::string("SELECT * FROM songs.\"by-g\" WHERE ") + where), "") << where;
  }
  EXPECT_EQ(SortKeys("SELECT * FROM songs.\"by-g\" WHERE g = 'g1'", /*consistent=*/true),
            "Strongly consistent read is not supported on Global Secondary Indexes");
}

TEST_F(PartiqlSelect, ReadsNoIndexOfSeveralAttributesAKey) {
  const std::string refused =
      "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or "
      "multi-attribute RANGE keys.";
  Create({.table = "many",
          .keys = {{{"p", model::Type::kS}}, {}},
          .indexes = {{.name = "two",
                       .global = true,
                       .keys = {{{"a", model::Type::kS}, {"b", model::Type::kS}}, {}}},
                      {.name = "sorted",
                       .global = true,
                       .keys = {{{"a", model::Type::kS}},
                                {{"b", model::Type::kS}, {"c", model::Type::kS}}}}}});
  EXPECT_EQ(Run("SELECT * FROM many.two"), refused);
  EXPECT_EQ(Run("SELECT * FROM many.sorted WHERE a = 'x'"), refused);
  EXPECT_EQ(Run("SELECT * FROM many WHERE p = 'x'"), "[]");
}

TEST_F(PartiqlSelect, CountsNothing) {
  EXPECT_EQ(Run("SELECT COUNT(*) FROM songs"), "Unexpected path component at 1:8:5");
  EXPECT_EQ(Run("SELECT COUNT(*) FROM songs.nope"), "The table does not have the specified index");
  EXPECT_EQ(Run("SELECT COUNT(*) FROM nothing"), "Requested resource not found");
}

TEST_F(PartiqlSelect, AnswersPageByPage) {
  EXPECT_EQ(Pages("SELECT * FROM songs WHERE p = 'a'", 2), "2 1");
  EXPECT_EQ(Pages("SELECT * FROM songs WHERE p = 'a' ORDER BY s DESC", 1), "1 1 1 0");
  EXPECT_EQ(Pages("SELECT * FROM songs WHERE p IN ['a', 'b']", 2), "2 2 2 0");
  EXPECT_EQ(Pages("SELECT * FROM songs WHERE p = 'a' AND n > 2", 2), "0 1");
  EXPECT_EQ(Pages("SELECT * FROM songs WHERE p IN ['a', 'b'] AND s IN ['1', '2']", 1), "1 1 1 1");
  EXPECT_EQ(Pages("SELECT * FROM songs WHERE p = 'a' AND s = '1'", 1), "1");
  EXPECT_EQ(Pages("SELECT * FROM songs", 4), "4 4 1");
}

TEST_F(PartiqlSelect, GoesThroughTenReadsAPage) {
  std::string list = "'p00'";
  for (int i = 0; i < 25; ++i) {
    const std::string key = "p" + std::to_string(i / 10) + std::to_string(i % 10);
    MustPut("plain", {{"p", key}});
    if (i > 0) list += ", '" + key + "'";
  }
  EXPECT_EQ(Pages("SELECT * FROM plain WHERE p IN [" + list + "]", 100), "10 10 5");
}

TEST_F(PartiqlSelect, ChecksItsToken) {
  const std::string statement = "SELECT * FROM songs WHERE p = 'a'";
  auto page = Execute({.statement = {.statement = statement}, .limit = 1});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->last_evaluated_key, (model::Item{{"p", "a"}, {"s", "1"}}));
  const auto with = [&](const std::string& other, const std::string& token) {
    return ErrorOf(Execute({.statement = {.statement = other}, .next_token = token}));
  };
  EXPECT_EQ(with(statement, page->next_token), "");
  EXPECT_EQ(with("SELECT * FROM songs WHERE p = 'b'", page->next_token),
            "The provided starting key is invalid");
  EXPECT_EQ(with(statement, "garbage"), "Invalid NextToken");
  Drop("songs");
  EXPECT_EQ(with(statement, page->next_token), "Requested resource not found");
}

TEST_F(PartiqlSelect, CountsWhatItConsumes) {
  const auto consumed = [&](const std::string& statement, bool consistent) {
    auto response = Execute({.statement = {.statement = statement, .consistent_read = consistent},
                             .return_consumed_capacity = model::ReturnConsumedCapacity::kIndexes});
    EXPECT_TRUE(response);
    return *response->consumed_capacity;
  };
  EXPECT_EQ(consumed("SELECT * FROM songs WHERE p = 'a'", false).units.total(), 0.5);
  EXPECT_EQ(consumed("SELECT * FROM songs WHERE p = 'a'", true).units.total(), 1);
  EXPECT_EQ(consumed("SELECT * FROM songs WHERE p = 'none'", false).units.total(), 0.5);
  EXPECT_EQ(consumed("SELECT * FROM songs WHERE p IN ['a', 'b']", false).units.total(), 1);
  const auto index = consumed("SELECT * FROM songs.\"by-g\" WHERE g = 'g1'", false);
  EXPECT_EQ(index.table->total(), 0);
  EXPECT_EQ(index.global_indexes.at("by-g").total(), 0.5);
  const auto fetched = consumed("SELECT y FROM songs.\"by-l\" WHERE p = 'c'", false);
  EXPECT_EQ(fetched.table->total(), 1);
  EXPECT_EQ(fetched.local_indexes.at("by-l").total(), 0.5);
}

TEST_F(PartiqlSelect, ChecksStatementAndParametersBeforeTheTable) {
  EXPECT_EQ(Run("SELECT * FROM nothing WHERE p = ? AND v < ?", {"x", true}),
            "Incorrect operand type for operator or function; operator or function: <, operand "
            "type: BOOL");
  EXPECT_EQ(Run("SELECT * FROM nothing WHERE p = ?"),
            "Number of parameters in request and statement don't match.");
  EXPECT_EQ(Run("SELECT * FROM songs WHERE p = 'a'", {"x"}),
            "Number of parameters in request and statement don't match.");
  EXPECT_EQ(Run("EXISTS(SELECT * FROM songs WHERE p = 'a' AND s = '1' AND n = 1)"),
            "EXISTS can only be used in ExecuteTransaction write requests.");
}

}  // namespace
}  // namespace cruddur::engine
