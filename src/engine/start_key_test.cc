#include "engine/start_key.h"

#include <gtest/gtest.h>

namespace cruddur::engine {
namespace {

using expr::KeyCondition;
using expr::RangeOperator;
using model::Item;
using model::Number;
using model::Type;

constexpr const char* kInvalid = "The provided starting key is invalid";
constexpr const char* kMismatch = "The provided key element does not match the schema";
const std::string kInvalidMismatch = std::string(kInvalid) + ": " + kMismatch;

model::TableDescription Table() {
  model::TableDescription table;
  table.keys = {.partition = {{"a", Type::kS}}, .sort = {{"b", Type::kS}}};
  table.indexes = {
      {.name = "local", .keys = {.partition = {{"a", Type::kS}}, .sort = {{"c", Type::kN}}}},
      {.name = "global", .global = true, .keys = {.partition = {{"c", Type::kN}}}},
  };
  return table;
}

std::string TextOf(const model::DbStatus& status) { return status ? "" : status.error().message; }

TEST(StartKey, OfATableIsItsKey) {
  struct Case {
    Item key;
    std::string query, scan;
  };
  for (const Case& c : std::vector<Case>{
           {{{"a", "1"}, {"b", "2"}}, "", ""},
           {{{"a", "1"}}, kInvalid, kInvalidMismatch},
           {{{"b", "1"}}, kInvalid, kInvalidMismatch},
           {{{"a", "1"}, {"z", "2"}}, kInvalid, kInvalidMismatch},
           {{{"a", "1"}, {"b", "2"}, {"c", "3"}}, kInvalid, kInvalidMismatch},
           {{{"a", Number(1)}, {"b", "2"}}, kMismatch, kInvalidMismatch},
           {{{"a", "1"}, {"b", Number(2)}}, kMismatch, kInvalidMismatch},
       }) {
    EXPECT_EQ(TextOf(CheckStartKey(ReadKind::kQuery, c.key, Table(), nullptr)), c.query);
    EXPECT_EQ(TextOf(CheckStartKey(ReadKind::kScan, c.key, Table(), nullptr)), c.scan);
  }
}

TEST(StartKey, OfAnIndexIsItsKeyAndTheTables) {
  struct Case {
    Item key;
    size_t index;
    std::string text;
  };
  const Number one(1);
  for (const Case& c : std::vector<Case>{
           {{{"a", "1"}, {"b", "2"}, {"c", one}}, 0, ""},
           {{{"a", "1"}, {"b", "2"}, {"c", one}}, 1, ""},
           {{{"a", "1"}, {"b", "2"}}, 0, kInvalid},
           {{{"a", "1"}, {"c", one}}, 1, kInvalid},
           {{{"c", one}}, 1, kInvalid},
           {{{"a", "1"}, {"b", "2"}, {"z", one}}, 1, kInvalid},
           {{{"a", "1"}, {"b", "2"}, {"c", one}, {"z", one}}, 1, kInvalid},
           {{{"a", "1"}, {"b", "2"}, {"c", "1"}}, 0, kMismatch},
           {{{"a", "1"}, {"b", "2"}, {"c", "1"}}, 1, kMismatch},
           {{{"a", one}, {"b", "2"}, {"c", one}}, 1, kInvalidMismatch},
           {{{"x", "1"}, {"y", "2"}, {"c", one}}, 1, kInvalidMismatch},
           {{{"a", "1"}, {"b", one}, {"c", one}}, 0, kInvalidMismatch},
       }) {
    const auto table = Table();
    const model::IndexDescription* index = &table.indexes[c.index];
    EXPECT_EQ(TextOf(CheckStartKey(ReadKind::kQuery, c.key, table, index)), c.text);
    EXPECT_EQ(TextOf(CheckStartKey(ReadKind::kScan, c.key, table, index)), c.text);
  }
}

TEST(StartKey, StaysInThePartition) {
  KeyCondition condition{.partition = {"p"}};
  auto check = [&](const char* partition) {
    return TextOf(CheckStartKeyMatches({{"a", partition}, {"b", "x"}}, Table().keys, condition));
  };
  EXPECT_EQ(check("p"), "");
  EXPECT_EQ(check("q"),
            "The provided starting key is outside query boundaries based on provided conditions");
  condition.range = RangeOperator::kLess;
  condition.low = "z";
  EXPECT_EQ(check("p"), "");
  EXPECT_EQ(check("q"), "The query can return at most one row and cannot be restarted");
}

TEST(StartKey, StaysWithinTheSortKeyCondition) {
  struct Case {
    RangeOperator range;
    const char* low;
    const char* high;
    std::vector<const char*> inside, outside;
  };
  for (const Case& c : std::vector<Case>{
           {RangeOperator::kLess, "m", "", {"a", "lz"}, {"m", "n"}},
           {RangeOperator::kLessEqual, "m", "", {"a", "m"}, {"m0", "n"}},
           {RangeOperator::kGreater, "m", "", {"m0", "\xFF"}, {"m", "a"}},
           {RangeOperator::kGreaterEqual, "m", "", {"m", "n"}, {"l", "a"}},
           {RangeOperator::kBetween, "k", "m", {"k", "l", "m"}, {"j", "m0"}},
           {RangeOperator::kBeginsWith, "mo", "", {"mo", "mob"}, {"m", "mn", "mp"}},
       }) {
    KeyCondition condition{.partition = {"p"}, .range = c.range, .low = c.low, .high = c.high};
    auto check = [&](const char* sort) {
      return TextOf(CheckStartKeyMatches({{"a", "p"}, {"b", sort}}, Table().keys, condition));
    };
    for (const char* sort : c.inside) EXPECT_EQ(check(sort), "") << c.low << " " << sort;
    for (const char* sort : c.outside) {
      EXPECT_EQ(check(sort), "The provided starting key does not match the range key predicate")
          << c.low << " " << sort;
    }
  }
}

TEST(StartKey, ComparesNumbersByValue) {
  const auto table = Table();
  KeyCondition condition{
      .partition = {"p"}, .range = RangeOperator::kGreater, .low = *Number::Parse("9")};
  auto check = [&](const char* number) {
    Item key{{"a", "p"}, {"b", "x"}, {"c", *Number::Parse(number)}};
    return TextOf(CheckStartKeyMatches(key, table.indexes[0].keys, condition));
  };
  EXPECT_EQ(check("10"), "");
  EXPECT_NE(check("9.0"), "");
  EXPECT_NE(check("-10"), "");
}

TEST(StartKey, ChecksEachSortAttributeOfAWideKey) {
  model::KeySchema keys{.partition = {{"p", Type::kS}},
                        .sort = {{"s1", Type::kS}, {"s2", Type::kS}, {"s3", Type::kS}}};
  KeyCondition condition{
      .partition = {"p"}, .sort_equal = {"one"}, .range = RangeOperator::kBeginsWith, .low = "tw"};
  auto check = [&](const char* s1, const char* s2) {
    return CheckStartKeyMatches({{"p", "p"}, {"s1", s1}, {"s2", s2}, {"s3", "any"}}, keys,
                                condition)
        .has_value();
  };
  EXPECT_TRUE(check("one", "two"));
  EXPECT_FALSE(check("on", "two"));
  EXPECT_FALSE(check("one", "t"));
}

TEST(StartKey, KnowsConditionsThatNameOneItem) {
  const model::KeySchema keys = Table().keys;
  EXPECT_TRUE(NamesOneItem({.partition = {"p"}, .sort_equal = {"s"}}, keys));
  EXPECT_FALSE(NamesOneItem({.partition = {"p"}}, keys));
  EXPECT_TRUE(NamesOneItem({.partition = {"p"}}, {.partition = {{"a", Type::kS}}}));
}

}  // namespace
}  // namespace cruddur::engine
