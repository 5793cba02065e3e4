#include "expr/partiql_compiler.h"

#include <gtest/gtest.h>

#include "expr/partiql_columns.h"
#include "expr/request.h"

namespace cruddur::expr {
namespace {

using model::AttributeValue;
using model::Number;

const model::Item& Sample() {
  static const model::Item item = ItemOf(
      R"({"p": {"S": "key"}, "n": {"N": "5"}, "s": {"S": "text"}, "nul": {"NULL": true},
          "yes": {"BOOL": true}, "ss": {"SS": ["a", "b"]}, "b": {"B": "AQI="},
          "m": {"M": {"x": {"S": "y"}, "l": {"L": [{"N": "1"}]}}}, "l": {"L": [{"S": "a"}]}})");
  return item;
}

PartiqlStatement Parsed(const std::string& statement) {
  auto parsed = ParsePartiql(statement);
  EXPECT_TRUE(parsed) << statement << ": " << parsed.error().message;
  return parsed ? *std::move(parsed) : PartiqlStatement();
}

// "true", "false", or the error.
std::string Tested(const std::string& where, std::vector<AttributeValue> parameters = {}) {
  const PartiqlStatement statement = Parsed("SELECT * FROM abc WHERE " + where);
  if (!statement.where) return "unparsed";
  auto bound = CompilePartiqlCondition(*statement.where, parameters);
  if (!bound) return bound.error().message;
  return Condition(*std::move(bound)).Matches(Sample()) ? "true" : "false";
}

// The item after, as JSON, or the error.
std::string After(const std::string& actions, std::vector<AttributeValue> parameters = {}) {
  static const model::Item before =
      ItemOf(R"({"n": {"N": "5"}, "ss": {"SS": ["a"]}, "l": {"L": [{"N": "1"}]}, "m": {"M": {}}})");
  const PartiqlStatement statement = Parsed("UPDATE abc " + actions + " WHERE p = 1");
  auto bound = CompilePartiqlActions(statement.actions, parameters);
  if (!bound) return bound.error().message;
  auto after = Update(*std::move(bound)).Apply(before);
  return after ? TextOf(*after) : after.error().message;
}

TEST(PartiqlCompiler, EvaluatesConditions) {
  const std::string_view holding[] = {
      "n = 5",
      "5 = n",
      "n != 6",
      "n <> 'x'",
      "n > -5 AND n < 5.5",
      "n BETWEEN 5 AND 6",
      "n NOT BETWEEN 6 AND 7",
      "n IN [1, 5]",
      "n IN (1, 5)",
      "n NOT IN (1, 2)",
      "s = 'text' AND \"p\" = 'key'",
      "NOT s = 'x'",
      "begins_with(s, 'te')",
      "contains(s, 'ex')",
      "CONTAINS(ss, 'b')",
      "size(s) = 4",
      "size(ss) > 1",
      "attribute_type(n, 'N')",
      "attribute_exists(m.x) AND ATTRIBUTE_NOT_EXISTS (nope)",
      "attribute_exists(l[0]) AND NOT attribute_exists(l[1])",
      "m['x'] = 'y'",
      "m.l[0] = 1e0",
      "nope IS MISSING",
      "n IS NOT MISSING",
      "nul IS NULL",
      "n IS NOT NULL",
      "nul = null",
      "s IS STRING AND yes IS BOOL AND l IS LIST AND m IS STRUCT AND ss IS BAG AND b IS BLOB",
      "yes = true",
      "ss = <<'b', 'a'>>",
      "l = ['a']",
      "n = - - 5",
      "nope <> 1",
      // Conditions are booleans.
      "attribute_exists(nope) = false",
      "true = attribute_exists(n)",
      "attribute_exists(n) <> 1",
      "(n BETWEEN 0 AND 5) = true",
      "(n = 6 OR s = 'x') = false",
      "attribute_exists(nope) IN [true, false]",
      "attribute_exists(n) = attribute_exists(s)",
      "attribute_exists(n) = yes",
  };
  for (const std::string_view where : holding) {
    EXPECT_EQ(Tested(std::string(where)), "true") << where;
    EXPECT_EQ(Tested("NOT (" + std::string(where) + ")"), "false") << where;
  }
  EXPECT_EQ(Tested("absent IS NULL"), "false");
  EXPECT_EQ(Tested("(attribute_exists(n) = true) = false"), "false");
  EXPECT_EQ(Tested("n = ? AND s IN [?, ?]", {Number(5), "x", "text"}), "true");
}

TEST(PartiqlCompiler, ChecksConditionsInTheWordsOfExpressions) {
  const std::pair<std::string, std::string> cases[] = {
      {"n < true",
       "Incorrect operand type for operator or function; operator or function: <, operand type: "
       "BOOL"},
      {"attribute_exists(n) > 1",
       "Incorrect operand type for operator or function; operator or function: >, operand type: "
       "BOOL"},
      {"attribute_exists('ss')",
       "Operator or function requires a document path; operator or function: attribute_exists"},
      {"attribute_exists()",
       "Incorrect number of operands for operator or function; operator or function: "
       "attribute_exists, number of operands: 0"},
      {"attribute_type(l, 1)",
       "Incorrect operand type for operator or function; operator or function: attribute_type, "
       "operand type: N"},
      {"EXISTS(ss)", "Unrecognized function: exists at 1:25:6"},
      {"set_add(ss, <<'x'>>) = ss", "Unrecognized function: set_add at 1:25:7"},
      {"n = 1e126",
       "Number overflow. Attempting to store a number with magnitude larger than supported range "
       "under root"},
      // As parameters are read: the older validation's exponents have 32 bits.
      {"n = 1e2147483647",
       "Number underflow. Attempting to store a number with magnitude smaller than supported range "
       "under root"},
      {"n = 123456789012345678901234567890123456789",
       "Attempting to store more than 38 significant digits in a Number under root"},
      {"ss = <<'a', 'a'>>",
       "One or more parameter values were invalid: Input collection [a, a] contains duplicates."},
      {"l[-1] = 1", "List index is not within the allowable range; index: [-1] at 1:28:1"},
      {"l[2147483648] = 1",
       "List index is not within the allowable range; index: [2147483648] at 1:27:10"},
      {"n = [?]", "Unsupported data type: Parameter under key root[0] at 1:30:1"},
      {"n = -s", "Unsupported operation: Neg"},
  };
  for (const auto& [where, error] : cases) EXPECT_EQ(Tested(where, {"x"}), error) << where;
}

TEST(PartiqlCompiler, CompilesUpdates) {
  const std::pair<std::string, std::string> cases[] = {
      {"SET n = n + 1, s = 'x'",
       R"({"l":{"L":[{"N":"1"}]},"m":{"M":{}},"n":{"N":"6"},"s":{"S":"x"},"ss":{"SS":["a"]}})"},
      {"SET n = n - - 2 REMOVE l, m", R"({"n":{"N":"7"},"ss":{"SS":["a"]}})"},
      {"SET l = LIST_APPEND(l, [2]) SET m.k = n REMOVE ss, n",
       R"({"l":{"L":[{"N":"1"},{"N":"2"}]},"m":{"M":{"k":{"N":"5"}}}})"},
      {"SET ss = set_add(ss, <<'b'>>) REMOVE l, m, n", R"({"ss":{"SS":["a","b"]}})"},
      {"SET ss = SET_DELETE(ss, <<'a'>>) REMOVE l, m", R"({"n":{"N":"5"}})"},
      {"SET new = set_add(new, <<1>>) REMOVE l, m, n, ss", R"({"new":{"NS":["1"]}})"},
      {"SET l[0] = {'a': [true, null]} REMOVE m, n, ss",
       R"({"l":{"L":[{"M":{"a":{"L":[{"BOOL":true},{"NULL":true}]}}}]}})"},
      {"SET t = set_add(ss, <<'x'>>)",
       "The first argument to SET_ADD must equal the assignment value at 1:20:7"},
      {"SET ss = set_add(ss)", "SET_ADD must have exactly two arguments at 1:21:7"},
      {"SET ss = set_add(ss, 'x')",
       "The second argument to SET_ADD must be a value with type SET at 1:29:2"},
      {"SET ss = set_delete(ss, ['x'])",
       "The second argument to SET_DELETE must be a value with type SET at 1:32:2"},
      {"SET ss = set_add(ss, <<>>)", "Empty bags are not supported"},
      {"SET ss = set_add(ss, <<1>>)",
       "An operand in the update expression has an incorrect data type"},
      {"SET x[0] = 1", "The document path provided in the update expression is invalid for update"},
      {"SET n = 'a' + 1",
       "Incorrect operand type for operator or function; operator or function: +, operand type: S"},
      {"SET a = 1, a.b = 2",
       "Two document paths overlap with each other; must remove or rewrite one of these paths; "
       "path "
       "one: [a], path two: [a, b]"},
      {"SET x = list_append(nope, [1])",
       "The provided expression refers to an attribute that does not exist in the item"},
  };
  for (const auto& [actions, after] : cases) EXPECT_EQ(After(actions), after) << actions;
}

TEST(PartiqlCompiler, MakesItemsOfLiterals) {
  const std::pair<std::string, std::string> cases[] = {
      {"{'a': 1E3, 'b': -1.5e-3, 'c': 2.50, 'd': -0, 'q': 'it''s', 'e': .5, 'f': 5.}",
       R"({"a":{"N":"1000"},"b":{"N":"-0.0015"},"c":{"N":"2.5"},"d":{"N":"0"},"e":{"N":"0.5"},"f":{"N":"5"},"q":{"S":"it's"}})"},
      {"{'p': ?}", R"({"p":{"S":"x"}})"},
      {"{'m': {'k': ?}}", "Unsupported data type: Parameter under key root.k at 1:35:1"},
      {"{'s': <<1, 'a'>>}",
       "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags"},
      {"{'n': <<2, 2.0>>}",
       "One or more parameter values were invalid: Input collection [2, 2.0] contains duplicates! "
       "under root"},
      {"{'l': [1, 1e126]}",
       "Number overflow. Attempting to store a number with magnitude larger than supported range "
       "under root[1]"},
      {"{'s': set_add(<<'a'>>, <<'b'>>)}",
       "Unsupported data type: set_add under key root at 1:29:7"},
  };
  for (const auto& [literal, expected] : cases) {
    const PartiqlStatement statement = Parsed("INSERT INTO abc VALUE " + literal);
    const std::vector<AttributeValue> parameters{"x"};
    auto item = PartiqlItem(statement.item, parameters);
    EXPECT_EQ(item ? TextOf(*item) : item.error().message, expected) << literal;
  }
}

TEST(PartiqlCompiler, LimitsTheNestingOfLiterals) {
  const auto insert = [](size_t levels) {
    std::string text = "INSERT INTO abc VALUE {'d': ";
    for (size_t i = 0; i < levels; ++i) text += "[";
    text += "1";
    for (size_t i = 0; i < levels; ++i) text += "]";
    auto item = PartiqlItem(Parsed(text + "}").item, {});
    return item ? "" : item.error().message;
  };
  EXPECT_EQ(insert(31), "");
  EXPECT_TRUE(
      insert(32).starts_with("Nesting Levels have exceeded supported limits under root[0]"));
}

TEST(PartiqlCompiler, NamesColumnsByTheirLastNames) {
  const auto columns =
      PartiqlColumns::Make(Parsed("SELECT n, m.x, m.l[-0], l[1], nope FROM abc").columns);
  ASSERT_TRUE(columns);
  EXPECT_EQ(TextOf(columns->Pick(Sample())), R"({"l[0]":{"N":"1"},"n":{"N":"5"},"x":{"S":"y"}})");
}

TEST(PartiqlCompiler, RefusesTwoColumnsOfOneName) {
  const auto columns = PartiqlColumns::Make(Parsed("SELECT a.z, b.z FROM abc").columns);
  ASSERT_FALSE(columns);
  EXPECT_EQ(columns.error().message, "Duplicate identifiers in select clause: z");
}

}  // namespace
}  // namespace cruddur::expr
