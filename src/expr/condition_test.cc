#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "expr/request.h"

namespace cruddur::expr {
namespace {

constexpr std::string_view kItem = R"({
  "p": {"S": "key"}, "a": {"N": "1"}, "b": {"N": "2"}, "c": {"N": "3"},
  "s": {"S": "hello world"}, "t": {"S": "hello"}, "u": {"S": "abÿ😀"}, "e": {"S": ""},
  "bin": {"B": "AAH/"}, "yes": {"BOOL": true}, "nope": {"BOOL": false}, "nil": {"NULL": true},
  "l": {"L": [{"N": "1"}, {"S": "x"}, {"M": {"k": {"N": "7"}}}, {"L": [{"N": "1"}]}]},
  "m": {"M": {"x": {"N": "1"}, "y": {"L": [{"N": "-1"}, {"N": "2"}, {"N": "0"}]}}},
  "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2.5"]}, "bs": {"BS": ["AA==", "/w=="]}
})";

constexpr std::string_view kValues = R"({
  ":n1": {"N": "1"}, ":n1b": {"N": "1.0"}, ":n2": {"N": "2"}, ":n3": {"N": "3"}, ":n9": {"N": "9"},
  ":s": {"S": "hello"}, ":w": {"S": "world"}, ":empty": {"S": ""}, ":x": {"S": "x"},
  ":sa": {"S": "a"}, ":sz": {"S": "z"}, ":bin0": {"B": "AA=="}, ":bin1": {"B": "Af8="},
  ":binz": {"B": "/w=="}, ":yes": {"BOOL": true}, ":nil": {"NULL": true},
  ":ss": {"SS": ["b", "a"]}, ":ns": {"NS": ["2.50", "1"]}, ":l": {"L": [{"N": "1"}]},
  ":m": {"M": {"k": {"N": "7.0"}}}, ":len11": {"N": "11"},
  ":tS": {"S": "S"}, ":tN": {"S": "N"}, ":tB": {"S": "B"}, ":tBOOL": {"S": "BOOL"},
  ":tNULL": {"S": "NULL"}, ":tL": {"S": "L"}, ":tM": {"S": "M"}, ":tSS": {"S": "SS"},
  ":tNS": {"S": "NS"}, ":tBS": {"S": "BS"}
})";
constexpr std::string_view kNames =
    R"({"#a": "a", "#and": "and", "#s": "s", "#m": "m", "#x": "x", "#dots": "m.x", "#1": "a"})";

struct Case {
  std::string_view text;
  bool expected;
};

void Check(std::span<const Case> cases, std::string_view item_text = kItem) {
  model::Placeholders placeholders = PlaceholdersOf(kValues, kNames);
  model::Item item = ItemOf(item_text);
  for (const Case& c : cases) {
    Bindings bindings(placeholders);
    auto condition = Condition::Compile(ConditionKind::kCondition, c.text, bindings);
    ASSERT_TRUE(condition.has_value()) << c.text << ": " << condition.error().message;
    EXPECT_EQ(condition->Matches(item), c.expected) << c.text;
  }
}

TEST(Condition, ComparesByTypeAndValue) {
  const Case cases[] = {
      {"a = :n1", true},        {"a=:n1b", true},          {":n1 = a", true},
      {"a = :n2", false},       {"a = :s", false},         {"s = :s", false},
      {"t = :s", true},         {"yes = :yes", true},      {"nope = :yes", false},
      {"nil = :nil", true},     {"ss = :ss", true},        {"ns = :ns", true},
      {"l[3] = :l", true},      {"l[2] = :m", true},       {"m = :m", false},
      {"absent = :n1", false},  {"absent = gone", false},  {"a <> :n2", true},
      {"a <> :n1", false},      {"a <> :s", true},         {"absent <> :n1", true},
      {"absent <> gone", true}, {"ss <> :ss", false},      {"a < b", true},
      {"b < a", false},         {"a < :s", false},         {"a > :s", false},
      {"a <= a2", false},       {"a2 >= gone", false},     {"a <= :n1", true},
      {"a >= :n1b", true},      {"c > b", true},           {"s > t", true},
      {"t < :sz", true},        {"bin < :binz", true},     {":binz < bin", false},
      {"l < m", false},         {"yes < nope", false},     {"l < :n1", false},
      {"b.x = :n1", false},     {"a[0] = :n1", false},     {"m.x < m.y[1]", true},
      {"m.x < m.y[0]", false},  {"m.y[100] = :n1", false}, {"l[2].k > :n3", true},
  };
  Check(cases);
}

TEST(Condition, TestsRangesAndLists) {
  const Case cases[] = {
      {"b BETWEEN :n1 AND :n3", true},
      {"b between :n2 and :n2", true},
      {"b BETWEEN a AND c", true},
      {"a BETWEEN b AND c", false},
      {":n2 BETWEEN a AND c", true},
      {"t BETWEEN :sa AND :sz", true},
      {"bin BETWEEN :bin0 AND :binz", true},
      {"a BETWEEN :sa AND :sz", false},
      {"b BETWEEN c AND a", false},
      {"absent BETWEEN :n1 AND :n3", false},
      {"l BETWEEN a AND c", false},
      {"b BETWEEN absent AND c", false},
      {"a IN (:n1)", true},
      {"a IN (:n2, :s, :n1b)", true},
      {"a IN (:n2, :s)", false},
      {"a in (b, c, absent)", false},
      {"absent IN (:n1, gone)", false},
      {"ss IN (:n1, :ss)", true},
      {":n1 IN (a)", true},
      {"size(t) IN (:n1, :n9)", false},
  };
  Check(cases);
}

TEST(Condition, CallsFunctions) {
  const Case cases[] = {
      {"attribute_exists(a)", true},
      {"attribute_exists (nil)", true},
      {"attribute_exists(absent)", false},
      {"attribute_exists(m.x)", true},
      {"attribute_exists(m.z)", false},
      {"attribute_exists(l[3][0])", true},
      {"attribute_exists(l[4])", false},
      {"attribute_not_exists(absent)", true},
      {"attribute_not_exists(p)", false},
      {"attribute_type(s, :tS)", true},
      {"attribute_type(a, :tN)", true},
      {"attribute_type(bin, :tB)", true},
      {"attribute_type(yes, :tBOOL)", true},
      {"attribute_type(nil, :tNULL)", true},
      {"attribute_type(l, :tL)", true},
      {"attribute_type(m, :tM)", true},
      {"attribute_type(ss, :tSS)", true},
      {"attribute_type(ns, :tNS)", true},
      {"attribute_type(bs, :tBS)", true},
      {"attribute_type(s, :tN)", false},
      {"attribute_type(absent, :tN)", false},
      {"attribute_type(:n1, :tN)", true},
      {"begins_with(s, :s)", true},
      {"begins_with(s, :w)", false},
      {"begins_with(s, :empty)", true},
      {"begins_with(t, s)", false},
      {"begins_with(s, t)", true},
      {"begins_with(:s, t)", true},
      {"begins_with(bin, :bin0)", true},
      {"begins_with(a, :s)", false},
      {"begins_with(s, a)", false},
      {"begins_with(absent, :s)", false},
      {"contains(s, :w)", true},
      {"contains(s, :x)", false},
      {"contains(s, :n1)", false},
      {"contains(s, :empty)", true},
      {"contains(bin, :bin1)", true},
      {"contains(ss, :sa)", true},
      {"contains(ss, :sz)", false},
      {"contains(ss, :n1)", false},
      {"contains(ns, :n1b)", true},
      {"contains(bs, :binz)", true},
      {"contains(l, :x)", true},
      {"contains(l, :m)", true},
      {"contains(l, :l)", true},
      {"contains(l, :sz)", false},
      {"contains(m, :x)", false},
      {"contains(a, :n1)", false},
      {"contains(absent, :x)", false},
      {"contains(l, absent)", false},
      {"contains(:ns, a)", true},
      {"size(s) = :len11", true},
      {"size(e) < :n1", true},
      {"size(u) = size(:tBOOL)", false},
      {"size(u) > size(:tBOOL)", true},
      {"size(bin) = :n3", true},
      {"size(l) > :n3", true},
      {"size(m) = :n2", true},
      {"size(ss) = b", true},
      {"size(ns) >= :n2", true},
      {"size(bs) = size(ss)", true},
      {"size(a) = :n1", false},
      {"size(a) <> :n1", true},
      {"size(absent) < :n9", false},
      {"size(s) = :s", false},
      {"size(s) BETWEEN :n9 AND :len11", true},
      {":n2 IN (size(l), size(ss))", true},
      {"contains(ns, size(l[3]))", true},
  };
  Check(cases);
}

TEST(Condition, CombinesWithPrecedence) {
  const Case cases[] = {
      {"a < b AND b < c", true},
      {"a < b aNd c < b", false},
      {"b < a OR b < c", true},
      {"b < a oR c < b", false},
      {"NOT b < a", true},
      {"nOt a < b", false},
      {"NOT NOT NOT NOT a < b", true},
      {"NOT NOT NOT a < b", false},
      {"a < b OR c < b AND b < a", true},
      {"(a < b OR c < b) AND b < a", false},
      {"NOT a < b AND c < b", false},
      {"NOT (a < b AND c < b)", true},
      {"NOT a < b OR a < b", true},
      {"b BETWEEN a AND c AND a < b", true},
      {"NOT b BETWEEN a AND c", false},
      {"NOT a IN (b, c)", true},
      {"(a) = (:n1)", true},
      {"(a < b)", true},
      {"((a < b) AND b < c)", true},
      {"((a) < b)", true},
      {"(size(s)) = :len11", true},
      {"((size(s)) = :len11) AND a = :n1", true},
      {"(a)BETWEEN(:n1)AND(:n1b)", true},
      {"(a) IN ((b), (:n1))", true},
      {"(attribute_exists(a))", true},
      {"NOT (attribute_exists(a))", false},
      {"attribute_exists(a) AND NOT attribute_exists(absent)", true},
      {"attribute_exists((a))", true},
      {"(a < b OR b < a) AND (b < c AND (a < b OR b < c))", true},
      {" a\t<\r\nb ", true},
      {"a<b AND(b<c)OR(NOT(c<b))", true},
  };
  Check(cases);
}

TEST(Condition, ResolvesNames) {
  const Case cases[] = {
      {"#a = :n1", true},
      {"#1 = :n1", true},
      {"#m.#x = :n1", true},
      {"m.#x = :n1", true},
      {"attribute_exists(#and)", false},
      {"attribute_exists(#dots)", false},
      {"attribute_not_exists(#m.#and)", true},
      {"begins_with(#s, :s)", true},
      {"#a < b", true},
  };
  Check(cases);
  const Case other[] = {{"attribute_exists(#dots)", true}, {"attribute_exists(#and)", true}};
  Check(other, R"({"m.x": {"N": "1"}, "and": {"N": "1"}})");
}

TEST(Condition, AllowsAnItemThatIsNotThere) {
  const Case cases[] = {
      {"attribute_not_exists(p)", true},
      {"p <> :s", true},
      {"p = :s", false},
      {"NOT p = :s", true},
      {"size(p) > :n1", false},
      {"contains(p, :s)", false},
      {"p IN (:s)", false},
      {"attribute_exists(m.x)", false},
  };
  Check(cases, "{}");
}

TEST(Condition, NamesTheAttributesItReads) {
  model::Placeholders placeholders = PlaceholdersOf(kValues, kNames);
  Bindings bindings(placeholders);
  auto condition = Condition::Compile(ConditionKind::kFilter,
                                      "b.c = #a AND contains(l[0], :s) OR b > :n1", bindings);
  EXPECT_EQ(condition->TopLevelNames(), (std::vector<std::string_view>{"a", "b", "l"}));
}

TEST(Condition, HandlesTheLongestChains) {
  model::Placeholders placeholders = PlaceholdersOf(kValues);
  model::Item item = ItemOf(kItem);
  std::string nested = "a<b ", flat = "a<b ", nots;
  for (int i = 0; i < 149; ++i) {
    nested += "or (b<a ";
    flat += "or b<a ";
  }
  nested += std::string(149, ')');
  for (int i = 0; i < 298; ++i) nots += "NOT ";
  nots += "a < b";
  for (const std::string& text : {nested, flat, nots}) {
    Bindings bindings(placeholders);
    auto condition = Condition::Compile(ConditionKind::kCondition, text, bindings);
    ASSERT_TRUE(condition.has_value()) << condition.error().message;
    EXPECT_TRUE(condition->Matches(item));
  }
}

// A condition as a tree, printed with as many or as few parentheses as one likes, and its value
// computed beside it.
struct Sample {
  std::string text;
  bool value;
  int precedence;  // 0 OR, 1 AND, 2 NOT, 3 a comparison
};
rc::Gen<Sample> Samples(int depth) {
  return rc::gen::exec([depth]() -> Sample {
    int kind = depth == 0 ? 0 : *rc::gen::inRange(0, 4);
    if (kind == 0) {
      const Sample leaves[] = {{"a < b", true, 3},
                               {"b < a", false, 3},
                               {"size(s) = :len11", true, 3},
                               {"attribute_exists(absent)", false, 3},
                               {"a IN (:n1)", true, 3}};
      return leaves[*rc::gen::inRange(0, 5)];
    }
    auto wrap = [](const Sample& sample, int needed) {
      bool more = *rc::gen::inRange(0, 3) == 0;
      return sample.precedence < needed || more ? "(" + sample.text + ")" : sample.text;
    };
    Sample left = *Samples(depth - 1);
    if (kind == 1) return {"NOT " + wrap(left, 2), !left.value, 2};
    Sample right = *Samples(depth - 1);
    if (kind == 2) {
      return {wrap(left, 1) + " AND " + wrap(right, 2), left.value && right.value, 1};
    }
    return {wrap(left, 0) + " OR " + wrap(right, 1), left.value || right.value, 0};
  });
}

TEST(Condition, AgreesWithTheTreeThatItWasPrintedFrom) {
  EXPECT_TRUE(rc::check([] {
    Sample sample = *Samples(4);
    model::Placeholders placeholders = PlaceholdersOf(kValues);
    Bindings bindings(placeholders);
    auto condition = Condition::Compile(ConditionKind::kCondition, sample.text, bindings);
    RC_LOG() << sample.text;
    RC_ASSERT(condition.has_value());
    RC_ASSERT(condition->Matches(ItemOf(kItem)) == sample.value);
  }));
}

}  // namespace
}  // namespace cruddur::expr
