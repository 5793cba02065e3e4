#include <gtest/gtest.h>

#include "expr/partiql_syntax.h"

namespace cruddur::expr {
namespace {

std::string ErrorOf(std::string_view statement) {
  auto parsed = ParsePartiql(statement);
  return parsed ? "" : parsed.error().message;
}

std::string DetailOf(std::string_view statement) {
  constexpr std::string_view kMalformed = "Statement wasn't well formed, can't be processed: ";
  const std::string error = ErrorOf(statement);
  return error.starts_with(kMalformed) ? error.substr(kMalformed.size()) : "other: " + error;
}

struct Case {
  std::string_view statement, error;
};

TEST(PartiqlParser, ReadsAllKindsOfStatements) {
  const std::pair<std::string_view, PartiqlKind> cases[] = {
      {"SELECT * FROM \"Music\"", PartiqlKind::kSelect},
      {"select Artist, a.b[0].\"c d\" from Music.\"by-year\" where x = 1 order by x desc;",
       PartiqlKind::kSelect},
      {"INSERT INTO Music VALUE {'a': 1, 'b': [true, null, <<'x'>>], 'c': {}}",
       PartiqlKind::kInsert},
      {"UPDATE Music SET a = 1, b = a + ? REMOVE c, d[1] SET e = 'x' WHERE p = 1",
       PartiqlKind::kUpdate},
      {"FROM Music WHERE p = 1 SET a = 1", PartiqlKind::kUpdate},
      {"DELETE FROM Music WHERE p = 1 RETURNING ALL OLD *", PartiqlKind::kDelete},
      {"EXISTS(SELECT * FROM Music WHERE p = 1)", PartiqlKind::kExists},
      {"-- note\nSELECT/**/* FROM Music -- note\nWHERE a/* = */= '--'", PartiqlKind::kSelect},
  };
  for (const auto& [statement, kind] : cases) {
    const auto parsed = ParsePartiql(statement);
    ASSERT_TRUE(parsed) << statement << ": " << parsed.error().message;
    EXPECT_EQ(parsed->kind, kind) << statement;
    EXPECT_EQ(parsed->table, "Music") << statement;
  }
}

TEST(PartiqlParser, KeepsWhatAStatementSays) {
  const auto parsed = ParsePartiql(
      "SELECT a, m.k[0] FROM \"T-1\".\"i\"\"x\" WHERE a = ? AND b IN [?, -.5e1] "
      "ORDER BY a ASC, b DESC");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->table, "T-1");
  EXPECT_EQ(parsed->index, "i\"x");
  EXPECT_EQ(parsed->columns.size(), 2);
  EXPECT_EQ(parsed->parameters, 2);
  ASSERT_EQ(parsed->order.size(), 2);
  EXPECT_FALSE(parsed->order[0].descending);
  EXPECT_TRUE(parsed->order[1].descending);
  const PartiqlNode& in = parsed->where->operands[1];
  EXPECT_EQ(in.kind, PartiqlNode::kIn);
  EXPECT_EQ(in.operands.back().text, "-.5e1");
}

TEST(PartiqlParser, BindsOperatorsAsSqlDoes) {
  const auto parsed =
      ParsePartiql("SELECT * FROM abc WHERE NOT a = 1 OR b = 2 AND c = 3 AND d = 4");
  ASSERT_TRUE(parsed);
  const PartiqlNode& root = *parsed->where;
  EXPECT_EQ(root.text, "or");
  EXPECT_EQ(root.operands[0].kind, PartiqlNode::kNot);
  EXPECT_EQ(root.operands[1].text, "and");
  EXPECT_EQ(root.operands[1].operands.size(), 3);
}

TEST(PartiqlParser, SaysWhatIsMalformed) {
  const Case cases[] = {
      {"SLECT * FROM \"abc\" WHERE p = 1", "Expected data manipulation"},
      {"UPDATE Payment-x SET a = 1 WHERE p = 1", "Expected data manipulation"},
      {"SELECTT * FROMM \"abc\"", "Unexpected token after expression"},
      {"SELECT * FROM abc WHERE p = 1 foo", "Unexpected token after expression"},
      {"SELECT * FROM abc WHERE p = 1 e5", "Unexpected token after expression"},
      {"SELECT * FROM abc WHERE p = 1)", "Unexpected token after expression"},
      {"INSERT INTO abc VALUE {'p': 1} foo", "Unexpected token after expression"},
      {"INSERT INTO abc t VALUE {'p': 1}", "Unexpected token after expression"},
      {"DELETE FROM abc WHERE p = 1 ORDER BY p", "Unexpected token after expression"},
      {"SELECT * FROM abc ORDER BY p WHERE p = 1", "Unexpected token after expression"},
      {"FROM abc SET c = 1 WHERE p = 1", "Unexpected token after expression"},
      {"SELECT * FROM abc; SELECT * FROM abc",
       "Unexpected token after semicolon. (Only one query is allowed.)"},
      {"SELECT * FROM abc WHERE", "Unexpected term"},
      {"SELECT * FROM abc WHERE;", "Unexpected term"},
      {"UPDATE abc SET a = 1 WHERE  ", "Unexpected term"},
      {"DELETE FROM abc WHERE", "Unexpected term"},
      {"SELECT * FROM abc WHERE NOT", "Unexpected term"},
      {"SELECT * FROM abc WHERE (", "Unexpected term"},
      {"SELECT * FROM", "Unexpected term"},
      {"SELECT * FROM abc WHERE a = :p", "Unexpected term"},
      {"", "Unexpected term"},
      {"SELECT * FROM abc WHERE p = 1 AND", "Missing right-hand side expression of infix operator"},
      {"SELECT * FROM abc WHERE p = 1 OR", "Missing right-hand side expression of infix operator"},
      {"SELECT * FROM abc WHERE ORDER BY p", "Unexpected keyword"},
      {"SELECT * FROM abc WHERE year = 1", "Unexpected keyword"},
      {"SELECT * FROM abc WHERE IS NULL", "Unexpected operator"},
      {"SELECT * FROM abc WHERE p = LIKE", "Unexpected operator"},
      {"SELECT * FROM abc WHERE p = 1 AND x IS FOO", "Expected type name"},
      {"SELECT * FROM abc WHERE attribute_exists(m.inner)", "Invalid path dot component"},
      {"SELECT * FROM abc WHERE contains(a, 'x'", "Expected RIGHT_PAREN"},
      {"SELECT * FROM abc WHERE a IN [1", "Expected RIGHT_BRACKET"},
      {"INSERT INTO abc VALUE {'a' 1}", "Expected COLON"},
      {"INSERT INTO abc VALUE {'a': 1", "Expected RIGHT_CURLY"},
      {"INSERT INTO abc VALUE {'a': <<1}", "Expected RIGHT_DOUBLE_ANGLE_BRACKET"},
      {"INSERT INTO abc (key, b) VALUES (?, ?)", "Unexpected keyword"},
      {"DELETE FROM", "Expected identifier for simple path"},
      {"DELETE FROM WHERE p = 1", "Expected identifier for simple path"},
      {"DELETE abc WHERE p = 1", "Expected FROM after DELETE"},
      {"SELECT version();", "Expected FROM after SELECT list"},
      {"SELECT FROM abc", "Cannot have empty SELECT list"},
      {"UPDATE abc SET a WHERE p = 1", "Expected '='"},
      {"SELECT * FROM abc WHERE p = 1 # note", ""},
      {"SELECT * FROM abc WHERE p = 1 /* note", ""},
      {"SELECT * FROM \"abc", ""},
      {"SELECT * FROM abc WHERE p = 'x", ""},
      {"SELECT * FROM abc WHERE p = 1e2147483648", ""},
      {"SELECT * FROM abc WHERE p = 1.5e-2147483647", ""},
      {"SELECT * FROM abc WHERE p = `x`", ""},
  };
  for (const Case& each : cases) EXPECT_EQ(DetailOf(each.statement), each.error) << each.statement;
}

TEST(PartiqlParser, RefusesWhatDynamoDbHasNoUseFor) {
  const Case cases[] = {
      {"SELECT * FROM abc t WHERE p = 1", "Aliasing is not supported"},
      {"SELECT * FROM abc AS t", "Aliasing is not supported"},
      {"SELECT a AS b FROM abc", "Aliasing is not supported"},
      {"UPDATE abc t SET a = 1 WHERE p = 1", "Aliasing is not supported"},
      {"DELETE FROM abc t WHERE p = 1", "Aliasing is not supported"},
      {"SELECT *, a FROM abc",
       "Other attributes should not be present in the projection when '*' is used."},
      {"SELECT attribute_exists(a) FROM abc", "Unexpected path component at 1:8:16"},
      {"SELECT a FROM abc LIMIT 5", "Unsupported clause: LIMIT at 1:25:1"},
      {"SELECT * FROM \"\"", "Path component cannot be an empty string"},
      {"SELECT * FROM \"abc\".\"\"", "Path component cannot be an empty string"},
      {"SELECT * FROM a1c.b.c", "A path may contain at most 2 components in the FROM clause"},
      {"SELECT * FROM abc, def", "FROM clause may only contain a single table name"},
      {"INSERT INTO \"abc\".\"i\" VALUE {'p': 1}",
       "FROM clause may only contain a single table name"},
      {"DELETE FROM abc WHERE p = 1 RETURNING MODIFIED OLD *",
       "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in "
       "DELETE statements."},
      {"x IS INT4", "Unsupported operation: IsType"},
      {"x IS DOUBLE PRECISION", "Unsupported operation: IsType"},
      {"x IS CHARACTER VARYING", "Unsupported operation: IsType"},
  };
  for (const Case& each : cases) EXPECT_EQ(ErrorOf(each.statement), each.error) << each.statement;
}

TEST(PartiqlParser, IsNotDeeperThanItsStack) {
  const std::string_view openers[] = {"(",  "[",  "{'a':", "NOT ", "- ",
                                      "<<", "f(", "a[",    "1 + ", "a = "};
  for (const std::string_view opener : openers) {
    std::string statement = "SELECT * FROM abc WHERE ";
    while (statement.size() < kMaxPartiqlBytes) statement += opener;
    EXPECT_NE(ErrorOf(statement), "") << opener;
  }
  std::string many = "SELECT * FROM abc WHERE a = 1";
  for (int i = 0; i < 151; ++i) many += " OR a = 1";
  EXPECT_EQ(ErrorOf(many), "The expression contains too many operators; operator count: 301");
}

}  // namespace
}  // namespace cruddur::expr
