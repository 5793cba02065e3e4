// The texts of AWS for conditions that don't compile.
#include <gtest/gtest.h>

#include "expr/request.h"

namespace cruddur::expr {
namespace {

std::string ErrorOf(std::string_view text, std::string_view values = "{}",
                    std::string_view names = "{}") {
  model::Placeholders placeholders = PlaceholdersOf(values, names);
  Bindings bindings(placeholders);
  auto condition = Condition::Compile(ConditionKind::kFilter, text, bindings);
  if (condition) return "compiles";
  EXPECT_EQ(condition.error().code, model::DbErrorCode::kValidation);
  constexpr std::string_view kPrefix = "Invalid FilterExpression: ";
  EXPECT_TRUE(condition.error().message.starts_with(kPrefix)) << condition.error().message;
  return condition.error().message.substr(kPrefix.size());
}

TEST(ConditionErrors, NameTheExpression) {
  model::Placeholders none;
  Bindings bindings(none);
  EXPECT_EQ(Condition::Compile(ConditionKind::kCondition, "", bindings).error().message,
            "Invalid ConditionExpression: The expression can not be empty;");
  EXPECT_EQ(Condition::Compile(ConditionKind::kFilter, "", bindings).error().message,
            "Invalid FilterExpression: The expression can not be empty;");
}

TEST(ConditionErrors, PointAtTheTokenWhereReadingStopped) {
  struct Case {
    std::string_view text, token, near;
  };
  const Case cases[] = {
      {"a = = b", "=", "= = b"},
      {"a > 4", "4", "> 4"},
      {"things are not gonna be ok", "are", "things are not"},
      {"hits : incr", ":", "hits : incr"},
      {"attribute_exists(Pictures-RearView)", "-", "Pictures-RearView"},
      {"attribute_exists(\"Pictures.RearView\")", "\"", "(\"Pictures"},
      {"attribute_exists(Pictures..RearView)", ".", "..RearView"},
      {"attribute_exists(Pi#ctures.RearView)", "#ctures", "Pi#ctures."},
      {"attribute_exists(asdf[a])", "a", "[a]"},
      {"attribute_exists(a[01])", "1", "01]"},
      {"attribute_exists(a[-1])", "-", "[-1"},
      {"attribute_exists()", ")", "()"},
      {"attribute_not_exists(", "<EOF>", "("},
      {"attribute_type(a, )", ")", ", )"},
      {"a in b, c", "b", "in b,"},
      {"a > between", "between", "> between"},
      {"a in b", "b", "in b"},
      {"a in (b,c,)", ")", ",)"},
      {"a in ()", ")", "()"},
      {"(a)between(b.(c.d))and(c)", "(", ".(c"},
      {"(a)between(b.c.d)and((c)", "<EOF>", ")"},
      {"(a)between(b.c[4.5].#d)and(:a)", ".", "4.5"},
      {"#$.b > a", "#", "#$"},
      {"a > :things.stuff", ".", ":things.stuff"},
      {"b[:a] > a", ":a", "[:a]"},
      {"b[#_] > a", "#_", "[#_]"},
      {"ü > a", "ü", "ü >"},
      {"a > ü", "ü", "> ü"},
      {"size(a).b > a", ".", ").b"},
      {"(size(a)).b > a", ".", ").b"},
      {"size(a)[0] > a", "[", ")[0"},
      {"(size(a))[0] > a", "[", ")[0"},
      {"(a).b = c", ".", ").b"},
      {"_a = b", "_", "_a"},
      {"1a = b", "1", "1a"},
      {"a != b", "!", "a !="},
      {"a == b", "=", "== b"},
      {"a", "<EOF>", "a"},
      {":a", "<EOF>", ":a"},
      {"(a)", "<EOF>", ")"},
      {"a AND b", "AND", "a AND b"},
      {"a = b AND", "<EOF>", "AND"},
      {"a = b c", "c", "b c"},
      {"a = b = c", "=", "b = c"},
      {"a < b < c", "<", "b < c"},
      {"NOT", "<EOF>", "NOT"},
      {"a NOT b", "NOT", "a NOT b"},
      {"a = NOT b", "NOT", "= NOT b"},
      {"a = b)", ")", "b)"},
      {"(a = b", "<EOF>", "b"},
      {"a = (b = c)", "=", "b = c"},
      {"(a AND b) = c", "AND", "a AND b"},
      {"(a = b) = c", "=", ") = c"},
      {"a BETWEEN b", "<EOF>", "b"},
      {"a BETWEEN b OR c", "OR", "b OR c"},
      {"a BETWEEN b, c", ",", "b, c"},
      {"a IN (b", "<EOF>", "b"},
      {"a IN (b AND c)", "AND", "b AND c"},
      {"contains(a = b, c)", "=", "a = b"},
      {"contains(a, NOT b)", "NOT", ", NOT b"},
      {"SET a = b", "SET", "SET a"},
      {"set = b", "set", "set ="},
      {"a.and = b", "and", ".and ="},
      {"a + b = c", "+", "a + b"},
      {"a = b + c", "+", "b + c"},
      {"a,b", ",", "a,b"},
      {", a", ",", ", a"},
      {"#", "#", "#"},
      {"a = :", ":", "= :"},
      {"f(a", "<EOF>", "a"},
      {"()", ")", "()"},
      {"a . b [ 0 ] = c", "", ""},
  };
  for (const Case& c : cases) {
    if (c.near.empty()) {
      EXPECT_EQ(ErrorOf(c.text), "compiles") << c.text;  // white space is free
      continue;
    }
    EXPECT_EQ(ErrorOf(c.text), "Syntax error; token: \"" + std::string(c.token) + "\", near: \"" +
                                   std::string(c.near) + "\"")
        << c.text;
  }
}

TEST(ConditionErrors, RefuseRedundantParentheses) {
  for (auto text : {"a=b and a > ((views))", "((a = b))", "(((a = b)))", "a = ((b))",
                    "(a)between(((b.c)).d)and(c)", "a > whatever((:things), ((a)))",
                    "a=b AND ((a=c AND a=d)) AND a=e", "a=b OR ((a=c OR a=d)) OR a=e",
                    "a=b AND ((a=c AND (a=d AND a=e)))", "((attribute_not_exists(pk)))",
                    "attribute_exists(((a)))", "NOT ((a = b))", "((size(a))) > b",
                    "((a)) > b syntax error behind"}) {
    EXPECT_EQ(ErrorOf(text), "The expression has redundant parentheses;") << text;
  }
}

TEST(ConditionErrors, RefuseFunctionsByNameAndPlace) {
  struct Case {
    std::string_view text, what;
  };
  const std::string place = "The function is not allowed to be used this way in an expression";
  const std::pair<std::string_view, std::string> cases[] = {
      {"a=b and whatever((:things)) > a", "Invalid function name; function: whatever"},
      {"attRIbute_exIsts((views), #a)", "Invalid function name; function: attRIbute_exIsts"},
      {"SIZE(a) > b", "Invalid function name; function: SIZE"},
      {"f123_hi(abort)", "Invalid function name; function: f123_hi"},
      {"abort = f(b)", "Attribute name is a reserved keyword; reserved keyword: abort"},
      {"if_not_exists(a, b) = c",
       "The function is not allowed in a condition expression; function: if_not_exists"},
      {"list_append(a, b) = c",
       "The function is not allowed in a condition expression; function: list_append"},
      {"a=b and attribute_exists((views), (#a)) > b", place + "; function: attribute_exists"},
      {"attribute_not_exists(things) > b", place + "; function: attribute_not_exists"},
      {"attribute_type(things, :a) > b", place + "; function: attribute_type"},
      {"begins_with(things, a) > b", place + "; function: begins_with"},
      {"b > begins_with(things, a)", place + "; function: begins_with"},
      {"contains(:things, c) > b", place + "; function: contains"},
      {"(contains(:things, c)) > b", place + "; function: contains"},
      {"size(contains(a, b)) > a", place + "; function: contains"},
      {"size(things)", place + "; function: size"},
      {"(size(things))", place + "; function: size"},
      {"NOT size(things)", place + "; function: size"},
      {"size(things) AND a = b", place + "; function: size"},
      {"a = b OR (size(things))", place + "; function: size"},
      {"a between b and attribute_exists(things)", place + "; function: attribute_exists"},
      {"a in (b, attribute_exists(things))", place + "; function: attribute_exists"},
  };
  for (const auto& [text, what] : cases) EXPECT_EQ(ErrorOf(text), what) << text;
}

TEST(ConditionErrors, RefuseReservedWords) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"attribute_exists(views, #a)", "views"},
      {":a < abOrT", "abOrT"},
      {"Name = :a", "Name"},
      {"a.status = :a", "status"},
      {"size(data) > :a", "data"},
      {"zone = year", "zone"},
      {"a = b AND timestamp = :a", "timestamp"},
  };
  for (auto [text, word] : cases) {
    EXPECT_EQ(ErrorOf(text),
              "Attribute name is a reserved keyword; reserved keyword: " + std::string(word));
  }
  EXPECT_EQ(ErrorOf("names_ = a AND year2 = b AND a.timestamps = b AND statuses = b"), "compiles");
}

TEST(ConditionErrors, ReportUndefinedPlaceholders) {
  const std::string name =
      "An expression attribute name used in the document path is not defined; attribute name: ";
  const std::string value =
      "An expression attribute value used in expression is not defined; attribute value: ";
  const std::pair<std::string_view, std::string> cases[] = {
      {"attribute_exists(#Pictures.RearView, :a) and a=b", name + "#Pictures"},
      {"begins_with(Pictures.#RearView)", name + "#RearView"},
      {"(#P between :lo and :hi) and (#PC in (:cat1, :cat2))", name + "#P"},
      {"#4g > a", name + "#4g"},
      {"#_ > a", name + "#_"},
      {"(a)between(b.c[45].#d)and(:a)", name + "#d"},
      {"begins_with(:hello, #a, #b)", value + ":hello"},
      {":a < :b", value + ":a"},
      {":_ > a", value + ":_"},
      {"a = b AND c = :x OR #y = d", value + ":x"},
  };
  for (const auto& [text, what] : cases) EXPECT_EQ(ErrorOf(text), what) << text;
}

TEST(ConditionErrors, CountOperands) {
  struct Case {
    std::string_view text, function;
    int count;
  };
  const Case cases[] = {
      {"attribute_exists(things, a) and a=b", "attribute_exists", 2},
      {"attribute_not_exists(things, b)", "attribute_not_exists", 2},
      {"attribute_type(things)", "attribute_type", 1},
      {"begins_with(things)", "begins_with", 1},
      {"begins_with(things, size(a), b)", "begins_with", 3},
      {"contains(things)", "contains", 1},
      {"size(things, a) > b", "size", 2},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ErrorOf(c.text),
              "Incorrect number of operands for operator or function; operator or function: " +
                  std::string(c.function) + ", number of operands: " + std::to_string(c.count));
  }
}

TEST(ConditionErrors, CheckOperandTypesThatAreKnown) {
  struct Case {
    std::string_view text, value, word, type;
  };
  const Case cases[] = {
      {"attribute_type(ab.bc[1].a, SS)", "", "attribute_type", "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"},
      {"attribute_type(a, size(a)) and a=b and a=:a", R"({"N":"1"})", "attribute_type", "N"},
      {"attribute_type(a, :a)", R"({"N":"1"})", "attribute_type", "N"},
      {"attribute_type(a, :a)", R"({"B":"YQ=="})", "attribute_type", "B"},
      {"attribute_type(a, :a)", R"({"BOOL":true})", "attribute_type", "BOOL"},
      {"attribute_type(a, :a)", R"({"NULL":true})", "attribute_type", "NULL"},
      {"attribute_type(a, :a)", R"({"L":[]})", "attribute_type", "L"},
      {"attribute_type(a, :a)", R"({"M":{}})", "attribute_type", "M"},
      {"attribute_type(a, :a)", R"({"SS":["1"]})", "attribute_type", "SS"},
      {"begins_with(a, size(a)) and a=:a", R"({"N":"1"})", "begins_with", "N"},
      {"begins_with(a, :a)", R"({"N":"1"})", "begins_with", "N"},
      {"begins_with(a, :a)", R"({"BOOL":true})", "begins_with", "BOOL"},
      {"begins_with(a, :a)", R"({"L":[]})", "begins_with", "L"},
      {"begins_with(a, :a)", R"({"NS":["1"]})", "begins_with", "NS"},
      {"begins_with(:a, a)", R"({"NULL":true})", "begins_with", "NULL"},
      {"begins_with(:a, a)", R"({"BS":["YQ=="]})", "begins_with", "BS"},
      {"size(size(a)) > :a", R"({"N":"1"})", "size", "N"},
      {"size(:a) > a", R"({"N":"1"})", "size", "N"},
      {"size(:a) > a", R"({"BOOL":true})", "size", "BOOL"},
      {"size(:a) > a", R"({"NULL":true})", "size", "NULL"},
      {"a < :a", R"({"L":[]})", "<", "L"},
      {":a <= a", R"({"M":{}})", "<=", "M"},
      {"a > :a", R"({"BOOL":true})", ">", "BOOL"},
      {"a >= :a", R"({"SS":["1"]})", ">=", "SS"},
      {"a BETWEEN :a AND :a", R"({"NULL":true})", "BETWEEN", "NULL"},
      {":a between b and c", R"({"L":[]})", "BETWEEN", "L"},
  };
  for (const Case& c : cases) {
    std::string values = c.value.empty() ? "{}" : R"({":a":)" + std::string(c.value) + "}";
    EXPECT_EQ(ErrorOf(c.text, values),
              "Incorrect operand type for operator or function; operator or function: " +
                  std::string(c.word) + ", operand type: " + std::string(c.type))
        << c.text;
  }
  EXPECT_EQ(ErrorOf("attribute_exists(:a) and a=b", R"({":a":{"S":"x"}})"),
            "Operator or function requires a document path; operator or function: "
            "attribute_exists");
  EXPECT_EQ(ErrorOf("attribute_not_exists(size(:a))", R"({":a":{"S":"1"}})"),
            "Operator or function requires a document path; operator or function: "
            "attribute_not_exists");
  EXPECT_EQ(ErrorOf("attribute_type(a, :a)", R"({":a":{"S":"DOG"}})"),
            "Invalid attribute type name found; type: DOG, valid types: "
            "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
}

TEST(ConditionErrors, CheckTheBoundsOfBetween) {
  const std::string types =
      "The BETWEEN operator requires same data type for lower and upper bounds; ";
  const std::string order =
      "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ";
  auto bounds = [](std::string low, std::string high) {
    return "lower bound operand: AttributeValue: {" + low +
           "}, upper bound operand: AttributeValue: {" + high + "}";
  };
  constexpr std::string_view kText = "a between :b and :a";
  EXPECT_EQ(ErrorOf(kText, R"({":a":{"S":"a"},":b":{"N":"1"}})"), types + bounds("N:1", "S:a"));
  EXPECT_EQ(ErrorOf(kText, R"({":a":{"S":"a"},":b":{"S":"b"}})"), order + bounds("S:b", "S:a"));
  EXPECT_EQ(ErrorOf(kText, R"({":a":{"N":"9"},":b":{"N":"1e1"}})"), order + bounds("N:10", "N:9"));
  EXPECT_EQ(ErrorOf(kText, R"({":a":{"B":"AA=="},":b":{"B":"AQI="}})"),
            order + bounds("B:java.nio.HeapByteBuffer[pos=0 lim=2 cap=2]",
                           "B:java.nio.HeapByteBuffer[pos=0 lim=1 cap=1]"));
  EXPECT_EQ(ErrorOf(kText, R"({":a":{"S":"b"},":b":{"S":"b"}})"), "compiles");
}

TEST(ConditionErrors, WantDistinctOperands) {
  struct Case {
    std::string_view text, word, path;
  };
  const Case cases[] = {
      {"a = a AND #a = b", "=", "[a]"},
      {"#a <> a", "<>", "[a]"},
      {"a > #a", ">", "[a]"},
      {"((a=a) OR (a=a))", "=", "[a]"},
      {"(a) = (a)", "=", "[a]"},
      {"contains(ab.bc[1].a, ab.bc[1].#a)", "contains", "[ab, bc, [1], a]"},
      {"attribute_type(ab.bc[1].#a, ab.bc[1].a)", "attribute_type", "[ab, bc, [1], a]"},
      {"begins_with(ab.bc[1].a, ab.bc[1].#a)", "begins_with", "[ab, bc, [1], a]"},
      {"a between b and a", "BETWEEN", "[a]"},
      {"a in (b, c, #a)", "IN", "[a]"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ErrorOf(c.text, "{}", R"({"#a":"a"})"),
              "The first operand must be distinct from the remaining operands for this operator or "
              "function; operator: " +
                  std::string(c.word) + ", first operand: " + std::string(c.path))
        << c.text;
  }
  EXPECT_EQ(ErrorOf(":a > :a AND b IN (c, c)", R"({":a":{"N":"1"}})"), "compiles");
}

TEST(ConditionErrors, BoundTheirSize) {
  std::string longest = "a = " + std::string(4092, 'b');
  EXPECT_EQ(ErrorOf(longest), "compiles");
  EXPECT_EQ(ErrorOf(longest + "b"),
            "Expression size has exceeded the maximum allowed size; expression size: 4097");
  EXPECT_EQ(ErrorOf(std::string(15'000, '(')),
            "Expression size has exceeded the maximum allowed size; expression size: 15000");

  std::string many = "a<b";
  for (int i = 0; i < 150; ++i) many += " or a<b";
  EXPECT_EQ(ErrorOf(many), "The expression contains too many operators; operator count: 301");
  std::string nots;
  for (int i = 0; i < 1000; ++i) nots += "not ";
  EXPECT_EQ(ErrorOf(nots + "a<b"),
            "The expression contains too many operators; operator count: 301");

  auto in = [](int count) {
    std::string text = "a IN (b";
    for (int i = 1; i < count; ++i) text += ", b" + std::to_string(i);
    return ErrorOf(text + ")");
  };
  EXPECT_EQ(in(100), "compiles");
  EXPECT_EQ(in(101), "The IN operator is provided with too many operands; number of operands: 101");

  std::string path = "a";
  for (int i = 0; i < 31; ++i) path += ".b";
  EXPECT_EQ(ErrorOf("attribute_exists(" + path + ")"), "compiles");
  EXPECT_EQ(ErrorOf("attribute_exists(" + path + "[0])"),
            "The document path has too many nesting levels; nesting levels: 33");
  EXPECT_EQ(ErrorOf("attribute_exists(a[2147483647])"), "compiles");
  EXPECT_EQ(ErrorOf("attribute_exists(a[2147483648])"),
            "List index is not within the allowable range; index: [2147483648]");
  EXPECT_EQ(ErrorOf("attribute_exists(a[99999999999999999999999])"),
            "List index is not within the allowable range; index: [99999999999999999999999]");
}

TEST(ConditionErrors, NestWithoutRecursion) {
  EXPECT_EQ(ErrorOf(std::string(4096, '(')), "Syntax error; token: \"<EOF>\", near: \"(\"");
  std::string deep(2046, '(');
  EXPECT_EQ(ErrorOf(deep + "a<b" + std::string(2046, ')')),
            "The expression has redundant parentheses;");
  std::string calls;
  for (int i = 0; i < 1300; ++i) calls += "f(";
  EXPECT_EQ(ErrorOf("a < " + calls + "b" + std::string(1300, ')')),
            "Invalid function name; function: f");
  std::string sizes;
  for (int i = 0; i < 680; ++i) sizes += "size(";
  EXPECT_EQ(ErrorOf("a < " + sizes + "b" + std::string(680, ')')),
            "Incorrect operand type for operator or function; operator or function: size, operand "
            "type: N");
}

}  // namespace
}  // namespace cruddur::expr
