#include "expr/legacy_conditions.h"

#include <gtest/gtest.h>

#include "expr/expression.h"
#include "expr/request.h"

namespace cruddur::expr {
namespace {

using Op = ComparisonOperator;

std::vector<model::AttributeValue> ValuesOf(std::string_view json) {
  return *ItemOf(R"({"v": {"L": )" + std::string(json) + "}}").Find("v")->As<model::List>();
}

struct Case {
  Op comparison;
  std::string_view values;  // a list in DynamoDB JSON
  std::string_view message;
};

std::string Problem(Op comparison, std::string_view values) {
  auto status = CheckLegacyCondition({"a", comparison, ValuesOf(values)});
  return status ? "" : status.error().message;
}

TEST(LegacyCondition, TakesAsManyValuesAsItsOperator) {
  for (auto [comparison, values] : std::initializer_list<std::pair<Op, std::string_view>>{
           {Op::kNull, R"([{"S": "a"}])"},
           {Op::kNotNull, R"([{"S": "a"}])"},
           {Op::kEqual, "[]"},
           {Op::kEqual, R"([{"S": "a"}, {"S": "b"}])"},
           {Op::kNotEqual, "[]"},
           {Op::kLess, "[]"},
           {Op::kLessEqual, R"([{"S": "a"}, {"S": "b"}])"},
           {Op::kGreater, "[]"},
           {Op::kGreaterEqual, "[]"},
           {Op::kBeginsWith, R"([{"S": "a"}, {"S": "b"}])"},
           {Op::kContains, "[]"},
           {Op::kNotContains, "[]"},
           {Op::kIn, "[]"},
           {Op::kBetween, R"([{"S": "a"}])"},
           {Op::kBetween, R"([{"S": "a"}, {"S": "b"}, {"S": "c"}])"},
       }) {
    EXPECT_EQ(Problem(comparison, values),
              "One or more parameter values were invalid: Invalid number of argument(s) for the " +
                  std::string(NameOf(comparison)) + " ComparisonOperator");
  }
}

TEST(LegacyCondition, TakesValuesOfItsTypes) {
  const std::string set = R"([{"SS": ["a"]}])", truth = R"([{"BOOL": true}])",
                    list = R"([{"L": []}])", number = R"([{"N": "1"}])", text = R"([{"S": "a"}])",
                    binary = R"([{"B": "YQ=="}])";
  for (Op comparison : {Op::kLess, Op::kLessEqual, Op::kGreater, Op::kGreaterEqual, Op::kContains,
                        Op::kNotContains, Op::kIn}) {
    for (const auto& [values, type] : {std::pair(set, "SS"), {truth, "BOOL"}, {list, "L"}}) {
      EXPECT_EQ(Problem(comparison, values),
                "One or more parameter values were invalid: ComparisonOperator " +
                    std::string(NameOf(comparison)) + " is not valid for " + type +
                    " AttributeValue type");
    }
    for (const auto& values : {number, text, binary}) EXPECT_EQ(Problem(comparison, values), "");
  }
  EXPECT_EQ(
      Problem(Op::kBeginsWith, number),
      "One or more parameter values were invalid: ComparisonOperator BEGINS_WITH is not valid "
      "for N AttributeValue type");
  for (const auto& values : {set, truth, list, number, text, binary}) {
    EXPECT_EQ(Problem(Op::kEqual, values), "");
    EXPECT_EQ(Problem(Op::kNotEqual, values), "");
  }
}

TEST(LegacyCondition, TakesValuesOfOneTypeInOrder) {
  EXPECT_EQ(Problem(Op::kIn, R"([{"N": "1"}, {"S": "a"}])"),
            "One or more parameter values were invalid: AttributeValues inside AttributeValueList "
            "must be of same type");
  EXPECT_EQ(Problem(Op::kBetween, R"([{"N": "1"}, {"S": "a"}])"),
            "One or more parameter values were invalid: AttributeValues inside AttributeValueList "
            "must be of same type");
  EXPECT_EQ(Problem(Op::kBetween, R"([{"N": "10"}, {"N": "9"}])"),
            "The BETWEEN condition was provided a range where the lower bound is greater than the "
            "upper bound");
  EXPECT_EQ(Problem(Op::kBetween, R"([{"N": "9"}, {"N": "9"}])"), "");
}

// The filter of the conditions, together with the placeholders that it needs.
struct Filter {
  model::Placeholders placeholders;
  std::string text;

  Filter(std::vector<LegacyCondition> conditions, Junction junction,
         model::Placeholders others = {})
      : placeholders(std::move(others)) {
    LegacyPlaceholders made(placeholders);
    text = WriteConditions(std::move(conditions), junction, made);
    placeholders.legacy.others = true;
  }

  bool Matches(std::string_view item) const {
    Bindings bindings(placeholders);
    auto condition = Condition::Compile(ConditionKind::kFilter, text, bindings);
    EXPECT_TRUE(condition) << condition.error().message << ": " << text;
    EXPECT_TRUE(bindings.CheckAllUsed());
    return condition && condition->Matches(ItemOf(item));
  }
};

bool Matches(Op comparison, std::string_view values, std::string_view attribute) {
  std::string item = attribute.empty() ? "{}" : R"({"a.b": )" + std::string(attribute) + "}";
  return Filter({{"a.b", comparison, ValuesOf(values)}}, Junction::kAnd).Matches(item);
}

TEST(LegacyCondition, ComparesAsItsOperatorSays) {
  struct {
    Op comparison;
    std::string_view values;
    std::vector<std::string_view> matching, others;  // "": the attribute isn't there
  } cases[] = {
      {Op::kEqual, R"([{"SS": ["b", "a"]}])", {R"({"SS": ["a", "b"]})"}, {R"({"SS": ["a"]})", ""}},
      {Op::kEqual, R"([{"N": "1.0"}])", {R"({"N": "1"})"}, {R"({"S": "1"})", ""}},
      {Op::kNotEqual, R"([{"N": "1"}])", {R"({"N": "2"})", R"({"S": "1"})", ""}, {R"({"N": "1"})"}},
      {Op::kLess, R"([{"N": "2"}])", {R"({"N": "1"})"}, {R"({"N": "2"})", R"({"S": "1"})", ""}},
      {Op::kLessEqual, R"([{"N": "2"}])", {R"({"N": "2"})"}, {R"({"N": "3"})", ""}},
      {Op::kGreater, R"([{"S": "b"}])", {R"({"S": "c"})"}, {R"({"S": "b"})", R"({"N": "9"})", ""}},
      {Op::kGreaterEqual, R"([{"S": "b"}])", {R"({"S": "b"})"}, {R"({"S": "a"})", ""}},
      {Op::kNull, "[]", {""}, {R"({"NULL": true})", R"({"S": ""})"}},
      {Op::kNotNull, "[]", {R"({"NULL": true})"}, {""}},
      {Op::kContains,
       R"([{"S": "b"}])",
       {R"({"S": "abc"})", R"({"SS": ["a", "b"]})", R"({"L": [{"S": "b"}]})"},
       {R"({"S": "ac"})", R"({"N": "1"})", ""}},
      {Op::kNotContains,
       R"([{"S": "b"}])",
       {R"({"S": "ac"})", R"({"N": "1"})", R"({"SS": ["a"]})"},
       {R"({"S": "abc"})", R"({"L": [{"S": "b"}]})", ""}},
      {Op::kBeginsWith, R"([{"S": "ab"}])", {R"({"S": "abc"})"}, {R"({"S": "bab"})", ""}},
      {Op::kIn, R"([{"N": "1"}, {"N": "2"}])", {R"({"N": "2"})"}, {R"({"N": "3"})", ""}},
      {Op::kBetween,
       R"([{"N": "1"}, {"N": "3"}])",
       {R"({"N": "1"})", R"({"N": "3"})"},
       {R"({"N": "4"})", R"({"S": "2"})", ""}},
  };
  for (const auto& each : cases) {
    for (auto attribute : each.matching) {
      EXPECT_TRUE(Matches(each.comparison, each.values, attribute))
          << NameOf(each.comparison) << " " << attribute;
    }
    for (auto attribute : each.others) {
      EXPECT_FALSE(Matches(each.comparison, each.values, attribute))
          << NameOf(each.comparison) << " " << attribute;
    }
  }
}

TEST(LegacyCondition, IsJoinedByAndOrOr) {
  const std::vector<LegacyCondition> conditions = {
      {"a", Op::kEqual, ValuesOf(R"([{"N": "1"}])")},
      {"b", Op::kNotContains, ValuesOf(R"([{"S": "x"}])")},
      {"c", Op::kNull, {}}};
  const std::string_view all = R"({"a": {"N": "1"}, "b": {"S": "y"}})";
  const std::string_view one = R"({"a": {"N": "2"}, "b": {"S": "x"}})";
  const std::string_view none = R"({"a": {"N": "2"}, "b": {"S": "x"}, "c": {"N": "1"}})";
  EXPECT_TRUE(Filter(conditions, Junction::kAnd).Matches(all));
  EXPECT_FALSE(Filter(conditions, Junction::kAnd).Matches(one));
  EXPECT_TRUE(Filter(conditions, Junction::kOr).Matches(one));
  EXPECT_FALSE(Filter(conditions, Junction::kOr).Matches(none));
}

TEST(LegacyCondition, LeavesTheRequestsOwnPlaceholdersAlone) {
  const model::Placeholders own =
      PlaceholdersOf(R"({":v0": {"S": "x"}})", R"({"#n": "x", "#n_": "y"})");
  const Filter filter({{"a", Op::kEqual, ValuesOf(R"([{"S": "z"}])")}}, Junction::kAnd, own);
  EXPECT_EQ(filter.text, "#n__0 = :v_0");
  EXPECT_EQ(filter.placeholders.names.size(), 3u);
  EXPECT_EQ(*filter.placeholders.values.Find(":v0")->As<std::string>(), "x");
}

TEST(LegacyCondition, HasNoBoundLikeExpressions) {
  std::vector<LegacyCondition> conditions;
  std::string item = "{";
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "attribute" + std::to_string(i);
    conditions.push_back({name, Op::kNotContains, ValuesOf(R"([{"S": "x"}])")});
    item += (i > 0 ? ", \"" : "\"") + name + R"(": {"S": "y"})";
  }
  LegacyCondition in{"attribute0", Op::kIn, {}};
  for (int i = 0; i < 200; ++i) in.values.emplace_back(std::to_string(i));
  in.values.emplace_back("y");
  conditions.push_back(in);
  EXPECT_TRUE(Filter(std::move(conditions), Junction::kAnd).Matches(item + "}"));
}

// KeyConditions on pk (S) and sk (N): the problem, or nothing.
std::string KeyProblem(std::vector<LegacyCondition> conditions) {
  model::Placeholders placeholders;
  std::string text;
  {
    LegacyPlaceholders made(placeholders);
    text = WriteKeyConditions(std::move(conditions), made);
  }
  placeholders.legacy.key_conditions = true;
  Bindings bindings(placeholders);
  if (auto status = KeyCondition::Check(text, bindings); !status) return status.error().message;
  if (auto status = bindings.CheckAllUsed(); !status) return status.error().message;
  const model::KeySchema keys{{{"pk", model::Type::kS}}, {{"sk", model::Type::kN}}};
  auto condition = KeyCondition::Compile(text, bindings, keys);
  return condition ? "" : condition.error().message;
}

TEST(KeyConditions, AreWhatAKeyCanBeAsked) {
  const LegacyCondition pk{"pk", Op::kEqual, ValuesOf(R"([{"S": "a"}])")};
  const auto sort = [](Op comparison, std::string_view values) {
    return LegacyCondition{"sk", comparison, ValuesOf(values)};
  };
  for (Op comparison : {Op::kEqual, Op::kLess, Op::kLessEqual, Op::kGreater, Op::kGreaterEqual}) {
    EXPECT_EQ(KeyProblem({sort(comparison, R"([{"N": "1"}])"), pk}), "");
  }
  EXPECT_EQ(KeyProblem({pk, sort(Op::kBetween, R"([{"N": "1"}, {"N": "2"}])")}), "");
  EXPECT_EQ(KeyProblem({pk}), "");
  for (Op comparison : {Op::kNotEqual, Op::kContains, Op::kNotContains, Op::kIn}) {
    EXPECT_EQ(KeyProblem({pk, sort(comparison, R"([{"N": "1"}])")}),
              "Attempted conditional constraint is not an indexable operation");
  }
  for (Op comparison : {Op::kNull, Op::kNotNull}) {
    EXPECT_EQ(KeyProblem({pk, sort(comparison, "[]")}),
              "Attempted conditional constraint is not an indexable operation");
    EXPECT_EQ(KeyProblem({{"pk", comparison, {}}}),
              "Attempted conditional constraint is not an indexable operation");
    EXPECT_EQ(KeyProblem({{"other", comparison, {}}}),
              "Query condition missed key schema element: pk");
    EXPECT_EQ(KeyProblem({pk, {"other", comparison, {}}}),
              "Query condition missed key schema element: sk");
  }
  EXPECT_EQ(KeyProblem({{"pk", Op::kLess, ValuesOf(R"([{"S": "a"}])")}}),
            "Query key condition not supported");
  EXPECT_EQ(KeyProblem({pk, sort(Op::kEqual, R"([{"S": "1"}])")}),
            "One or more parameter values were invalid: Condition parameter type does not match "
            "schema type");
}

}  // namespace
}  // namespace cruddur::expr
