// The texts of AWS for update and projection expressions that don't compile, and projections.
#include <gtest/gtest.h>

#include "expr/request.h"

namespace cruddur::expr {
namespace {

constexpr std::string_view kValues = R"({
  ":a": {"S": "a"}, ":b": {"N": "1"}, ":c": {"B": "YQ=="}, ":d": {"BOOL": false},
  ":e": {"NULL": true}, ":f": {"SS": ["a"]}, ":g": {"NS": ["1"]}, ":h": {"BS": ["YQ=="]},
  ":i": {"M": {}}, ":j": {"L": []}
})";
constexpr std::string_view kNames = R"({"#a": "a", "#b": "b", "#c": "c", "#d": "[3]"})";

std::string UpdateError(std::string_view text, std::string_view names = R"({"#a":"a","#b":"b"})") {
  model::Placeholders placeholders = PlaceholdersOf(kValues, names);
  Bindings bindings(placeholders);
  auto update = Update::Compile(text, bindings);
  if (update) return "compiles";
  constexpr std::string_view kPrefix = "Invalid UpdateExpression: ";
  EXPECT_TRUE(update.error().message.starts_with(kPrefix)) << update.error().message;
  return update.error().message.substr(kPrefix.size());
}

std::string ProjectionError(std::string_view text) {
  model::Placeholders placeholders = PlaceholdersOf("{}", R"({"#a":"a","#b":"[3]"})");
  Bindings bindings(placeholders);
  auto projection = Projection::Compile(text, bindings);
  if (projection) return "compiles";
  constexpr std::string_view kPrefix = "Invalid ProjectionExpression: ";
  EXPECT_TRUE(projection.error().message.starts_with(kPrefix)) << projection.error().message;
  return projection.error().message.substr(kPrefix.size());
}

TEST(UpdateErrors, PointAtTheTokenWhereReadingStopped) {
  struct Case {
    std::string_view text, token, near;
  };
  const Case cases[] = {
      {"INVALID SYNTAX HERE", "INVALID", "INVALID SYNTAX"},
      {"whatever", "whatever", "whatever"},
      {"SET", "<EOF>", "SET"},
      {"set a", "<EOF>", "a"},
      {"set a = ", "<EOF>", "= "},
      {"add a", "<EOF>", "a"},
      {"delete a", "<EOF>", "a"},
      {"set a=set", "set", "=set"},
      {"remove a = b", "=", "a = b"},
      {"add a = b", "=", "a = b"},
      {"delete a b", "b", "a b"},
      {"delete a if_not_exist(b)", "if_not_exist", "a if_not_exist("},
      {"add abort b", "b", "abort b"},
      {"remove a b", "b", "a b"},
      {"set a b", "b", "a b"},
      {"set :a = b", ":a", "set :a ="},
      {"add :a b", ":a", "add :a b"},
      {"remove :a", ":a", "remove :a"},
      {"set a = b / c", "/", "b / c"},
      {"set a = b * c", "*", "b * c"},
      {"set a[1] = \"eight\"", "\"", "= \"eight"},
      {"set a[1] = 1", "1", "= 1"},
      {"SET a = if_not_exists(a, 100)", "100", ", 100)"},
      {"SET a = if_not_exists(a, :a + :b)", "+", ":a + :b"},
      {"SET if_not_exists(a, b) = a", "(", "if_not_exists(a"},
      {"set (a = (b + c))", "(", "set (a"},
      {"set a = (b.c).d + e", ".", ").d"},
      {"set a = (b.c)[0] + e", "[", ")[0"},
      {"set a = b + c + d", "+", "c + d"},
      {"set a = (b + c) + d", "+", ") + d"},
      {"set a = b + (c + d)", "+", "c + d"},
      {"set a = b = c", "=", "b = c"},
      {"set a = b AND c", "AND", "b AND c"},
      {"set a = NOT b", "NOT", "= NOT b"},
      {"SET a = :a,", "<EOF>", ","},
      {"SET a = :a, SET b = :b", "SET", ", SET b"},
      {"SET a = :a, REMOVE b", "REMOVE", ", REMOVE b"},
      {"SET _123 = :a", "_", "SET _123"},
      {"SET hi-there = :a", "-", "hi-there"},
      {"SET a = _f(b)", "_", "= _f"},
      {"SET #a, #, #b", ",", "#a, #"},
      {"ADD hits : incr", ":", "hits : incr"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(UpdateError(c.text), "Syntax error; token: \"" + std::string(c.token) +
                                       "\", near: \"" + std::string(c.near) + "\"")
        << c.text;
  }
}

TEST(UpdateErrors, AcceptWhatLooksOdd) {
  for (auto text : {"set a[1] = b", "SET a = if_not_exists(a, b) + b",
                    "SET a = if_not_exists(a, if_not_exists(a2, b))", "set a = (b + c)",
                    "set a = ((b.c.d)+(e))", "set a = (if_not_exists((b), (c)))",
                    "REMOVE a SET b = :b ADD c :b DELETE d :f", "sEt a = :a rEmOvE b"}) {
    EXPECT_EQ(UpdateError(text), "compiles") << text;
  }
  EXPECT_EQ(UpdateError("set a = ((b))"), "The expression has redundant parentheses;");
}

TEST(UpdateErrors, FollowTheOrderOfDynamo) {
  const std::string reserved = "Attribute name is a reserved keyword; reserved keyword: ";
  const std::string name =
      "An expression attribute name used in the document path is not defined; attribute name: ";
  const std::string value =
      "An expression attribute value used in expression is not defined; attribute value: ";
  const std::string overlap =
      "Two document paths overlap with each other; must remove or rewrite one of these paths; ";
  const std::pair<std::string_view, std::string> cases[] = {
      {" set #c = :c set abOrt = true ", reserved + "abOrt"},
      {" remove Absolute ", reserved + "Absolute"},
      {"set #c = if_not_exist(:c) set c = d", "Invalid function name; function: if_not_exist"},
      {"set a = size(b)", "The function is not allowed in an update expression; function: size"},
      {"set a = attribute_exists(b)",
       "The function is not allowed in an update expression; function: attribute_exists"},
      {"set a = LIST_APPEND(:j, :j)", "Invalid function name; function: LIST_APPEND"},
      {"set a = list_append(list_append(:j, :j), :j)",
       "The function is not allowed to be used this way in an expression; function: list_append"},
      {"set a = #c set c = :d",
       "The \"SET\" section can only be used once in an update expression;"},
      {"remove #d set a = b remove e",
       "The \"REMOVE\" section can only be used once in an update expression;"},
      {"add #d :e set a = b add e :f",
       "The \"ADD\" section can only be used once in an update expression;"},
      {"delete #d :e set a = b delete #e :f",
       "The \"DELETE\" section can only be used once in an update expression;"},
      {"SET #c = if_not_exists(:zz)", name + "#c"},
      {"SET #a = if_not_exists(:zz)", value + ":zz"},
      {"SET #a = :zz", value + ":zz"},
      {"SET a = :a, a.b = #c", overlap + "path one: [a], path two: [a, b]"},
      {"set a = if_not_exists(c)",
       "Incorrect number of operands for operator or function; operator or function: "
       "if_not_exists, number of operands: 1"},
      {"set a = list_append(:j, :j, :j)",
       "Incorrect number of operands for operator or function; operator or function: list_append, "
       "number of operands: 3"},
      {"set a = if_not_exists(:a, c)",
       "Operator or function requires a document path; operator or function: if_not_exists"},
      {"set a = if_not_exists(if_not_exists(a, b), c)",
       "Operator or function requires a document path; operator or function: if_not_exists"},
      {"set a = if_not_exists(b, b)",
       "The first operand must be distinct from the remaining operands for this operator or "
       "function; operator: if_not_exists, first operand: [b]"},
      {"set b = list_append(:a, a), c = if_not_exists(a) add a.b :a",
       "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, "
       "typeSet: ALLOWED_FOR_ADD_OPERAND"},
  };
  for (const auto& [text, what] : cases) EXPECT_EQ(UpdateError(text), what) << text;
}

TEST(UpdateErrors, ReportPathsThatClash) {
  struct Case {
    std::string_view text, verb, one, two;
  };
  const Case cases[] = {
      {"SET a = :a REMOVE a", "overlap", "[a]", "[a]"},
      {"SET #a = :a, a = :b", "overlap", "[a]", "[a]"},
      {"SET a.b.c = :a, a.b = :b", "overlap", "[a, b, c]", "[a, b]"},
      {"set d[1] = a, d.b = a, c[1].a = a, #c = if_not_exists(a)", "overlap", "[c, [1], a]", "[c]"},
      {"set #c[3].#d = a, #c[3] = a", "overlap", "[c, [3], [3]]", "[c, [3]]"},
      {"set #c[3].#d = a, #c.#d[3] = if_not_exists(a)", "conflict", "[c, [3], [3]]",
       "[c, [3], [3]]"},
      {"remove a.#c set a[1] = #d", "conflict", "[a, c]", "[a, [1]]"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(UpdateError(c.text, kNames),
              "Two document paths " + std::string(c.verb) +
                  " with each other; must remove or rewrite one of these paths; path one: " +
                  std::string(c.one) + ", path two: " + std::string(c.two))
        << c.text;
  }
  EXPECT_EQ(UpdateError("SET a.b = :a, a.c = :b, a2[0] = :a, a2[1].x = :a REMOVE a2[1].y"),
            "compiles");
}

TEST(UpdateErrors, CheckOperandTypes) {
  const std::pair<std::string_view, std::string_view> long_names[] = {
      {":a", "STRING"}, {":c", "BINARY"}, {":d", "BOOLEAN"},
      {":e", "NULL"},   {":i", "MAP"},    {":j", "LIST"}};
  for (auto [value, type] : long_names) {
    for (std::string word : {"ADD", "DELETE"}) {
      EXPECT_EQ(UpdateError(word + " a.b " + std::string(value)),
                "Incorrect operand type for operator or function; operator: " + word +
                    ", operand type: " + std::string(type) + ", typeSet: ALLOWED_FOR_" + word +
                    "_OPERAND");
    }
  }
  EXPECT_EQ(UpdateError("DELETE a :b"),
            "Incorrect operand type for operator or function; operator: DELETE, operand type: "
            "NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND");
  const std::pair<std::string_view, std::string_view> types[] = {
      {":a", "S"},  {":b", "N"},  {":c", "B"},  {":d", "BOOL"}, {":e", "NULL"},
      {":f", "SS"}, {":g", "NS"}, {":h", "BS"}, {":i", "M"},    {":j", "L"}};
  auto wrong = [](std::string_view word, std::string_view type) {
    return "Incorrect operand type for operator or function; operator or function: " +
           std::string(word) + ", operand type: " + std::string(type);
  };
  for (auto [value, type] : types) {
    std::string v(value);
    for (std::string word : {"+", "-"}) {
      EXPECT_EQ(UpdateError("set a = a " + word + " " + v),
                type == "N" ? "compiles" : wrong(word, type));
      EXPECT_EQ(UpdateError("set a = " + v + word + "a"),
                type == "N" ? "compiles" : wrong(word, type));
    }
    EXPECT_EQ(UpdateError("set a = list_append(a, " + v + ")"),
              type == "L" ? "compiles" : wrong("list_append", type));
    EXPECT_EQ(UpdateError("set a = list_append(" + v + ", a)"),
              type == "L" ? "compiles" : wrong("list_append", type));
  }
}

TEST(UpdateErrors, BoundTheSize) {
  EXPECT_EQ(UpdateError(""), "The expression can not be empty;");
  EXPECT_EQ(UpdateError("SET" + std::string(4085, ' ') + "a = :b_").substr(0, 30),
            "An expression attribute value ");
  EXPECT_EQ(UpdateError("SET a = :a" + std::string(4086, ' ')), "compiles");
  EXPECT_EQ(UpdateError("SET a = :a" + std::string(4087, ' ')),
            "Expression size has exceeded the maximum allowed size;");
}

TEST(ProjectionErrors, PointAtTheTokenWhereReadingStopped) {
  struct Case {
    std::string_view text, token, near;
  };
  const Case cases[] = {
      {"whatever(stuff)", "(", "whatever(stuff"},
      {":a", ":a", ":a"},
      {"abort,", "<EOF>", ","},
      {"a,,b", ",", ",,b"},
      {",a", ",", ",a"},
      {"a..b", ".", "..b"},
      {"a[b]", "b", "[b]"},
      {"a[]", "]", "[]"},
      {"(a.b).c", "(", "(a"},
      {"(a,b)", "(", "(a"},
      {"a-b", "-", "a-b"},
      {"a b", "b", "a b"},
      {"[0]", "[", "[0"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ProjectionError(c.text), "Syntax error; token: \"" + std::string(c.token) +
                                           "\", near: \"" + std::string(c.near) + "\"")
        << c.text;
  }
}

TEST(ProjectionErrors, HaveTheTextsOfAws) {
  const std::string clash =
      " with each other; must remove or rewrite one of these paths; path one: ";
  const std::pair<std::string_view, std::string> cases[] = {
      {"", "The expression can not be empty;"},
      {"a.abORt", "Attribute name is a reserved keyword; reserved keyword: abORt"},
      {"#a,ABSoLUTE", "Attribute name is a reserved keyword; reserved keyword: ABSoLUTE"},
      {"a,b,a,#x",
       "An expression attribute name used in the document path is not defined; attribute name: #x"},
      {"b[1], b.a, #a.b, a", "Two document paths overlap" + clash + "[a, b], path two: [a]"},
      {"a, #a[1]", "Two document paths overlap" + clash + "[a], path two: [a, [1]]"},
      {"a,b,a", "Two document paths overlap" + clash + "[a], path two: [a]"},
      {"a.b[0],a.b[0]",
       "Two document paths overlap" + clash + "[a, b, [0]], path two: [a, b, [0]]"},
      {"a.b, #a[1], #b", "Two document paths conflict" + clash + "[a, b], path two: [a, [1]]"},
      {"a.b[1], #a[1], #b",
       "Two document paths conflict" + clash + "[a, b, [1]], path two: [a, [1]]"},
      {"a[3].b, #a.#b.b",
       "Two document paths conflict" + clash + "[a, [3], b], path two: [a, [3], b]"},
      {std::string_view("x").substr(0, 1), "compiles"},
  };
  for (const auto& [text, what] : cases) EXPECT_EQ(ProjectionError(text), what) << text;
  EXPECT_EQ(ProjectionError(std::string(4096, 'x')), "compiles");
  EXPECT_EQ(ProjectionError(std::string(4097, 'x')),
            "Expression size has exceeded the maximum allowed size; expression size: 4097");
}

TEST(Projection, PicksPathsAndClosesListsUp) {
  constexpr std::string_view kItem =
      R"({"a":{"M":{"b":{"L":[{"N":"2"},{"N":"4"},{"M":{"x":{"S":"hi"},"y":{"S":"yo"}}}]},"c":{"N":"5"}}},
          "b":{"S":"hello"},"a.b":{"S":"dotted"},"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"}]}})";
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"b", R"({"b":{"S":"hello"}})"},
      {" b ,\ta.c", R"({"a":{"M":{"c":{"N":"5"}}},"b":{"S":"hello"}})"},
      {"a.b[0]", R"({"a":{"M":{"b":{"L":[{"N":"2"}]}}}})"},
      {"a.b[2].y", R"({"a":{"M":{"b":{"L":[{"M":{"y":{"S":"yo"}}}]}}}})"},
      {"a.b[2].y, a.b[0]", R"({"a":{"M":{"b":{"L":[{"N":"2"},{"M":{"y":{"S":"yo"}}}]}}}})"},
      {"l[2], l[0]", R"({"l":{"L":[{"N":"0"},{"N":"2"}]}})"},
      {"l[10], l[2]", R"({"l":{"L":[{"N":"2"}]}})"},
      {"x", "{}"},
      {"a.b[3]", "{}"},
      {"a.x", "{}"},
      {"a.x.y", "{}"},
      {"a.b.x", "{}"},
      {"a[0]", "{}"},
      {"a.b[0].x", "{}"},
      {"a.b[0][0]", "{}"},
      {"b.c", "{}"},
      {"a.x, a.b[0], x, a.b[3].x", R"({"a":{"M":{"b":{"L":[{"N":"2"}]}}}})"},
      {"#a", R"({"a.b":{"S":"dotted"}})"},
      {"a.c, a.b[1]", R"({"a":{"M":{"b":{"L":[{"N":"4"}]},"c":{"N":"5"}}}})"},
  };
  model::Placeholders placeholders = PlaceholdersOf("{}", R"({"#a":"a.b"})");
  for (auto [text, expected] : cases) {
    Bindings bindings(placeholders);
    auto projection = Projection::Compile(text, bindings);
    ASSERT_TRUE(projection.has_value()) << projection.error().message;
    EXPECT_EQ(TextOf(projection->Apply(ItemOf(kItem))), TextOf(ItemOf(expected))) << text;
  }
  Bindings bindings(placeholders);
  EXPECT_EQ(Projection::Compile("b.c, a, b.d", bindings)->TopLevelNames(),
            (std::vector<std::string_view>{"a", "b"}));
}

TEST(Projection, TakesTheMostPathsThatFit) {
  std::string text;
  for (int i = 0; text.size() + 6 < 4096; ++i)
    text += (i > 0 ? "," : "") + std::string("x") + std::to_string(i);
  EXPECT_EQ(ProjectionError(text), "compiles");
}

TEST(Resolve, FollowsAPath) {
  model::Item item = ItemOf(R"({"a":{"M":{"b":{"L":[{"N":"2"}]}}}})");
  EXPECT_EQ(*Resolve(item, {{"a"}, {"b"}, {"", 0}}), model::AttributeValue(model::Number(2)));
  EXPECT_EQ(Resolve(item, {{"a"}, {"b"}, {"", 1}}), nullptr);
  EXPECT_EQ(Resolve(item, {{"a"}, {"", 0}}), nullptr);
  EXPECT_EQ(Resolve(item, {}), nullptr);
}

}  // namespace
}  // namespace cruddur::expr
