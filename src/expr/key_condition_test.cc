#include <gtest/gtest.h>

#include "expr/request.h"

namespace cruddur::expr {
namespace {

using model::Type;

constexpr std::string_view kValues = R"({
  ":p": {"S": "part"}, ":s": {"S": "b"}, ":t": {"S": "c"}, ":n": {"N": "1"}, ":m": {"N": "2"},
  ":bin": {"B": "AA=="}, ":yes": {"BOOL": true}, ":no": {"BOOL": false}, ":empty": {"S": ""},
  ":emptyb": {"B": ""}
})";
constexpr std::string_view kNames = R"({"#p": "pk", "#s": "sk"})";

const model::KeySchema kComposite{{{"pk", Type::kS}}, {{"sk", Type::kS}}};
const model::KeySchema kNumeric{{{"pk", Type::kS}}, {{"sk", Type::kN}}};
const model::KeySchema kBinary{{{"pk", Type::kS}}, {{"sk", Type::kB}}};
const model::KeySchema kHashOnly{{{"pk", Type::kS}}, {}};
const model::KeySchema kMany{{{"h", Type::kS}, {"i", Type::kN}},
                             {{"a", Type::kS}, {"b", Type::kS}, {"c", Type::kN}}};

std::string Describe(std::string_view text, const model::KeySchema& keys) {
  model::Placeholders placeholders = PlaceholdersOf(kValues, kNames);
  Bindings bindings(placeholders);
  auto condition = KeyCondition::Compile(text, bindings, keys);
  if (!condition) return condition.error().message;
  auto append = [](std::string& out, const model::AttributeValue& value) {
    json::Writer writer(out);
    model::WriteAttributeValue(writer, value);
  };
  std::string out;
  for (const auto& value : condition->partition) append(out, value);
  out += "/";
  for (const auto& value : condition->sort_equal) append(out, value);
  constexpr std::string_view kSigns[] = {"", "<", "<=", ">", ">=", "between", "begins"};
  out += kSigns[static_cast<int>(condition->range)];
  if (condition->range != RangeOperator::kNone) append(out, condition->low);
  if (condition->range == RangeOperator::kBetween) append(out, condition->high);
  return out;
}

TEST(KeyCondition, ReadsEqualitiesAndOneRange) {
  struct Case {
    std::string_view text;
    const model::KeySchema& keys;
    std::string_view expected;
  };
  const Case cases[] = {
      {"pk = :p", kHashOnly, R"({"S":"part"}/)"},
      {"pk=:p", kComposite, R"({"S":"part"}/)"},
      {":p = pk", kComposite, R"({"S":"part"}/)"},
      {"#p = :p AND #s = :s", kComposite, R"({"S":"part"}/{"S":"b"})"},
      {"sk = :s AND pk = :p", kComposite, R"({"S":"part"}/{"S":"b"})"},
      {"pk = :p AND sk < :n", kNumeric, R"({"S":"part"}/<{"N":"1"})"},
      {"pk = :p AND sk <= :n", kNumeric, R"({"S":"part"}/<={"N":"1"})"},
      {"pk = :p AND sk > :n", kNumeric, R"({"S":"part"}/>{"N":"1"})"},
      {"pk = :p AND sk >= :n", kNumeric, R"({"S":"part"}/>={"N":"1"})"},
      {"pk = :p AND :n < sk", kNumeric, R"({"S":"part"}/>{"N":"1"})"},
      {"pk = :p AND :n <= sk", kNumeric, R"({"S":"part"}/>={"N":"1"})"},
      {"pk = :p AND :n > sk", kNumeric, R"({"S":"part"}/<{"N":"1"})"},
      {":n >= sk and :p = pk", kNumeric, R"({"S":"part"}/<={"N":"1"})"},
      {"pk = :p AnD sk BeTwEeN :n aNd :m", kNumeric, R"({"S":"part"}/between{"N":"1"}{"N":"2"})"},
      {"pk = :p AND begins_with(sk, :s)", kComposite, R"({"S":"part"}/begins{"S":"b"})"},
      {"pk = :p AND begins_with(sk, :bin)", kBinary, R"({"S":"part"}/begins{"B":"AA=="})"},
      {"((sk=:s) AND (pk=:p))", kComposite, R"({"S":"part"}/{"S":"b"})"},
      {"(pk = :p AND (sk = :s))", kComposite, R"({"S":"part"}/{"S":"b"})"},
      {"h = :p AND i = :n", kMany, R"({"S":"part"}{"N":"1"}/)"},
      {"b = :s AND i = :n AND a = :t AND h = :p", kMany,
       R"({"S":"part"}{"N":"1"}/{"S":"c"}{"S":"b"})"},
      {"h = :p AND i = :n AND a = :s AND begins_with(b, :t)", kMany,
       R"({"S":"part"}{"N":"1"}/{"S":"b"}begins{"S":"c"})"},
      {"h = :p AND i = :n AND a = :s AND b = :t AND c > :m", kMany,
       R"({"S":"part"}{"N":"1"}/{"S":"b"}{"S":"c"}>{"N":"2"})"},
      {"h = :p AND i = :n AND a between :s and :t", kMany,
       R"({"S":"part"}{"N":"1"}/between{"S":"b"}{"S":"c"})"},
  };
  for (const Case& c : cases) EXPECT_EQ(Describe(c.text, c.keys), c.expected) << c.text;
}

TEST(KeyCondition, RefusesWithTheTextsOfAws) {
  struct Case {
    std::string_view text;
    const model::KeySchema& keys;
    std::string expected;
  };
  const std::string prefix = "Invalid KeyConditionExpression: ";
  const std::string op = "Invalid operator used in KeyConditionExpression: ";
  const std::string bad = "Invalid condition in KeyConditionExpression: ";
  const std::string operand =
      prefix + "Incorrect operand type for operator or function; operator or function: ";
  const std::string schema =
      "One or more parameter values were invalid: Condition parameter type does not match schema "
      "type";
  const std::string missed = "Query condition missed key schema element: ";
  const std::string unsupported = "Query key condition not supported";
  const std::string nested = "KeyConditionExpressions cannot contain nested operations";
  const std::string twice =
      prefix + "KeyConditionExpressions must only contain one condition per key";
  const std::string path = "KeyConditionExpressions cannot have conditions on nested attributes";
  const std::string multiple = bad + "Multiple attribute names used in one condition";
  auto gap = [](std::string before, std::string at) {
    return "RANGE key attributes " + before +
           " must have equality conditions specified in the query because a condition is present "
           "on key attribute " +
           at;
  };
  const Case cases[] = {
      {"", kComposite, prefix + "The expression can not be empty;"},
      {"things are not gonna be ok", kComposite,
       prefix + "Syntax error; token: \"are\", near: \"things are not\""},
      {"pk", kComposite, prefix + "Syntax error; token: \"<EOF>\", near: \"pk\""},
      {"pk = :p AND sk != :s", kComposite, prefix + "Syntax error; token: \"!\", near: \"sk !=\""},
      {"((sk=:s) AND ((pk=:p)))", kComposite, prefix + "The expression has redundant parentheses;"},
      {"pk = :p AND dog(sk, :s)", kComposite, prefix + "Invalid function name; function: dog"},
      {"pk = :p AND BEGINS_WITH(sk, :s)", kComposite,
       prefix + "Invalid function name; function: BEGINS_WITH"},
      {"attribute_type(a, :n)", kComposite, operand + "attribute_type, operand type: N"},
      {"pk = :p AND begins_with(sk, :n)", kComposite, operand + "begins_with, operand type: N"},
      {"pk = :p AND begins_with(sk, :n)", kNumeric, operand + "begins_with, operand type: N"},
      {"pk = :p AND begins_with(sk, :yes)", kComposite,
       operand + "begins_with, operand type: BOOL"},
      {"pk = :p AND begins_with(sk, :s)", kNumeric, schema},
      {"pk = :p AND sk < :yes", kNumeric, operand + "<, operand type: BOOL"},
      {"pk = :p AND :yes >= sk", kNumeric, operand + ">=, operand type: BOOL"},
      {"pk = :p AND sk BETWEEN :no AND :yes", kNumeric, operand + "BETWEEN, operand type: BOOL"},
      {"pk = :p AND sk = :yes", kNumeric, schema},
      {"pk = :n", kComposite, schema},
      {"pk = :p AND sk = :s", kNumeric, schema},
      {"pk = :nope AND begins_with(sk, :n)", kComposite,
       prefix + "An expression attribute value used in expression is not defined; attribute value: "
                ":nope"},
      {"begins_with(sk, :n) AND pk = :nope", kComposite, operand + "begins_with, operand type: N"},
      {"a > b and size(b) > c or a > c", kComposite, op + "OR"},
      {"a in (b, size(c), d)", kComposite, op + "IN"},
      {"attribute_exists(a)", kComposite, op + "attribute_exists"},
      {"attribute_not_exists(a)", kComposite, op + "attribute_not_exists"},
      {"contains(a.d, b)", kComposite, op + "contains"},
      {"not a > b", kComposite, op + "NOT"},
      {"a <> b", kComposite, op + "<>"},
      {":s between size(b) and size(a) and b > :t", kComposite,
       bad + "BETWEEN operator must have the key attribute as its first operand"},
      {"begins_with(:s, b) and a > :t", kComposite,
       bad + "begins_with operator must have the key attribute as its first operand"},
      {"size(b) > a AND a.b > b AND b > c", kComposite, nested},
      {"a > size(b.d)", kComposite, nested},
      {"a between size(b) and size(a)", kComposite, nested},
      {"b > a.b", kComposite, multiple},
      {"b between c[1] and d", kComposite, multiple},
      {"a between b and size(a)", kComposite, multiple},
      {"begins_with(a, b)", kComposite, multiple},
      {"b.d > a AND c.d > e.f", kComposite, path},
      {"a.d > c", kComposite, path},
      {"b[0] > a", kComposite, path},
      {":n > :m AND a < :n", kComposite, bad + "No key attribute specified"},
      {":p = :p", kComposite, bad + "No key attribute specified"},
      {"b > :n AND b < :n and c = :n and d = :n", kComposite, twice},
      {"(a > :n and b > :n) and (b > :n and c > :n)", kComposite, twice},
      {"pk = :p AND sk > :n AND sk < :m", kNumeric, twice},
      {"pk = :p AND sk > :n AND extra = :m", kNumeric,
       "The number of query conditions (3) exceeds the number of key attributes defined in the "
       "schema (2)"},
      {"sk = :s", kComposite, missed + "pk"},
      {"attr1 = :s", kComposite, missed + "pk"},
      {"pk = :p AND attr1 = :s", kComposite, missed + "sk"},
      {"pk < :p", kComposite, unsupported},
      {"begins_with(pk, :p)", kComposite, unsupported},
      {"pk BETWEEN :s AND :t", kComposite, unsupported},
      {"pk = :empty", kComposite,
       "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
       "contain an empty string value. Key: pk"},
      {"pk = :p AND sk > :emptyb", kBinary,
       "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
       "contain an empty binary value. Key: sk"},
      {"h = :p", kMany, missed + "i"},
      {"h = :p AND i > :n", kMany, unsupported},
      {"h = :p AND i = :n AND a = :s AND c = :m", kMany, gap("b", "c")},
      {"h = :p AND i = :n AND a = :s AND b > :s AND c = :m", kMany, gap("b", "c")},
      {"h = :p AND i = :n AND b = :s", kMany, gap("a", "b")},
      {"h = :p AND i = :n AND c = :m", kMany, gap("a, b", "c")},
  };
  for (const Case& c : cases) EXPECT_EQ(Describe(c.text, c.keys), c.expected) << c.text;
}

TEST(KeyCondition, BoundsTheLengthOfKeys) {
  auto outcome = [](std::string_view text, size_t length) {
    model::Placeholders placeholders{{},
                                     {{":p", std::string(length, 'x')}, {":q", std::string("p")}}};
    Bindings bindings(placeholders);
    auto condition = KeyCondition::Compile(text, bindings, kComposite);
    return condition ? "" : condition.error().message;
  };
  EXPECT_EQ(outcome("pk = :p", 2048), "");
  EXPECT_EQ(outcome("pk = :p", 2049),
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
            "size limit of2048 bytes");
  EXPECT_EQ(outcome("pk = :q AND sk = :p", 1024), "");
  EXPECT_EQ(outcome("pk = :q AND sk = :p", 1025),
            "One or more parameter values were invalid: Aggregated size of all range keys has "
            "exceeded the size limit of 1024 bytes");
}

TEST(KeyCondition, ChecksWhatNeedsNoTable) {
  model::Placeholders placeholders = PlaceholdersOf(kValues, kNames);
  Bindings bindings(placeholders);
  EXPECT_TRUE(KeyCondition::Check("anything = :p AND whatever1 > :n", bindings).has_value());
  EXPECT_EQ(KeyCondition::Check("a = :p AND begins_with(b, :n)", bindings).error().message,
            "Invalid KeyConditionExpression: Incorrect operand type for operator or function; "
            "operator or function: begins_with, operand type: N");
}

TEST(Bindings, WantEveryPlaceholderUsed) {
  model::Placeholders placeholders =
      PlaceholdersOf(R"({":a":{"N":"1"},":b":{"N":"2"},":c":{"N":"3"}})", R"({"#x":"x","#y":"y"})");
  Bindings bindings(placeholders);
  ASSERT_TRUE(Condition::Compile(ConditionKind::kCondition, "#x = :a", bindings).has_value());
  EXPECT_EQ(bindings.CheckAllUsed().error().message,
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#y}");
  ASSERT_TRUE(Update::Compile("SET #y.z = :b", bindings).has_value());
  EXPECT_EQ(bindings.CheckAllUsed().error().message,
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:c}");
  ASSERT_TRUE(Condition::Compile(ConditionKind::kFilter, "z = :a OR z = :c", bindings).has_value());
  EXPECT_TRUE(bindings.CheckAllUsed().has_value());
}

TEST(Bindings, ListAllThatIsUnused) {
  model::Placeholders placeholders = PlaceholdersOf(R"({":b":{"N":"1"},":a":{"N":"2"}})");
  EXPECT_EQ(Bindings(placeholders).CheckAllUsed().error().message,
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a, :b}");
}

TEST(Bindings, CheckTheirDefinitions) {
  auto outcome = [](std::string_view values, std::string_view names) {
    model::Placeholders placeholders = PlaceholdersOf(values, names);
    auto status = Bindings(placeholders).CheckDefinitions();
    return status ? "" : status.error().message;
  };
  EXPECT_EQ(outcome(R"({":a_1":{"N":"1"},":1":{"N":"1"}})", R"({"#_":"a","#9":"b"})"), "");
  EXPECT_EQ(outcome("{}", R"({"a":"a"})"),
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"");
  EXPECT_EQ(outcome("{}", R"({"#":"a"})"),
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#\"");
  EXPECT_EQ(outcome("{}", R"({"#a-b":"a"})"),
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#a-b\"");
  EXPECT_EQ(outcome("{}", R"({"#a":""})"),
            "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a");
  EXPECT_EQ(outcome(R"({"a":{"N":"1"}})", "{}"),
            "ExpressionAttributeValues contains invalid key: Syntax error; key: \"a\"");
  EXPECT_EQ(outcome("{}", R"({"#)" + std::string(255, 'a') + R"(":"a"})"),
            "ExpressionAttributeNames contains invalid key: The expression attribute map contains "
            "a key that is too long; size of key: 256");
}

TEST(Bindings, FindNamesAmongMany) {
  model::Placeholders placeholders;
  for (int i = 0; i < 500; ++i) {
    placeholders.names.emplace_back("#n" + std::to_string(i), "name" + std::to_string(i));
  }
  Bindings bindings(placeholders);
  EXPECT_EQ(*bindings.UseName("#n321"), "name321");
  EXPECT_EQ(bindings.UseName("#n500"), nullptr);
}

}  // namespace
}  // namespace cruddur::expr
