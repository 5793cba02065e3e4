#include "expr/partiql_keys.h"

#include <gtest/gtest.h>

#include "expr/partiql_compiler.h"
#include "expr/request.h"

namespace cruddur::expr {
namespace {

const model::KeySchema kKeys{{{"p", model::Type::kS}}, {{"s", model::Type::kN}}};

DbResult<Bound> Where(const std::string& where) {
  const auto parsed = ParsePartiql("SELECT * FROM abc WHERE " + where);
  EXPECT_TRUE(parsed) << where;
  return CompilePartiqlCondition(*parsed->where, {});
}

// "a[2] b" : reads of partitions a, with two ranges, and b; "scan"; or the error.
std::string ReadsOf(const std::string& where) {
  const auto bound = Where(where);
  if (!bound) return bound.error().message;
  const auto reads = FindPartiqlReads(*bound, kKeys);
  if (!reads) return reads.error().message;
  if (reads->empty()) return "scan";
  std::string text;
  for (const PartiqlRead& read : *reads) {
    if (!text.empty()) text += " ";
    text += *read.ranges[0].partition[0].As<std::string>();
    if (read.ranges.size() > 1) text += "[" + std::to_string(read.ranges.size()) + "]";
    if (read.names_one_item) text += "!";
    if (read.negated_sort) text += "~";
    for (const std::string_view name : read.filtered) text += "/" + std::string(name);
  }
  return text;
}

TEST(PartiqlKeys, FindsTheReadsThatAClauseIsMadeOf) {
  const std::pair<std::string, std::string> cases[] = {
      {"p = 'a'", "a"},
      {"'a' = p", "a"},
      {"p = 'a' AND s = 1", "a!"},
      {"p = 'a' AND (s = 1)", "a!"},
      {"p = 'a' AND s > 1", "a[2]"},
      {"p = 'a' AND s > 1 AND s BETWEEN 2 AND 3", "a[3]"},
      {"p = 'a' AND s = 1 AND s > 0", "a[2]"},
      {"p = 'a' OR p = 'b'", "a b"},
      {"p IN ['a', 'b']", "a b"},
      {"p IN ['a', 'b'] AND s IN [1, 2]", "a! a! b! b!"},
      {"p = 'a' AND (s = 1 OR s > 5)", "a! a[2]"},
      {"p = 'a' AND (x = 1 OR y = 2)", "a/x/y"},
      {"p = 'a' AND NOT s = 1", "a~/s"},
      {"p = 'a' AND s <> 1 AND s > 0", "a[2]~/s"},
      {"p = 'a' AND attribute_exists(p)", "a/p"},
      {"p = 'a' AND p = 'a'", "a"},
      {"p > 'a'", "scan"},
      {"s = 1", "scan"},
      {"p = 'a' OR x = 1", "scan"},
      {"p = 'a' AND p = 'b'", "scan"},
      {"p = 'a' AND (p = 'b' OR x = 1)", "scan"},
      {"p = x", "scan"},
      {"NOT p = 'a'", "scan"},
      {"p.q = 'a'", "scan"},
      {"p = 1", "Key attribute's data type should match its data type in table's schema: Key p"},
      {"p = 'a' AND s IN [1, 'x']",
       "Key attribute's data type should match its data type in table's schema: Key s"},
      {"p = true", "Key value must be of type S, N, or B. Key name: p, Key type: BOOL"},
      {"p > 1", "scan"},
      {"p = ''",
       "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
       "contain an empty string value. Key: p"},
  };
  for (const auto& [where, reads] : cases) EXPECT_EQ(ReadsOf(where), reads) << where;
}

TEST(PartiqlKeys, LimitsTheReads) {
  const auto list = [](int count) {
    std::string text = "['v0'";
    for (int i = 1; i < count; ++i) text += ", 'v" + std::to_string(i) + "'";
    return text + "]";
  };
  const std::string too_many = "Too many decomposed read operations for a given query.";
  EXPECT_NE(ReadsOf("p IN " + list(50)), too_many);
  EXPECT_EQ(ReadsOf("p IN " + list(51)), too_many);
  EXPECT_EQ(ReadsOf("p IN " + list(26) + " AND s IN [1, 2]"), too_many);
  EXPECT_EQ(ReadsOf("p IN " + list(51) + " OR x = 1"), "scan");
  EXPECT_EQ(ReadsOf("p IN " + list(101)),
            "The IN operator is provided with too many operands; number of operands: 101");
  std::string product = "p IN ['a', 'b']";
  for (int i = 0; i < 40; ++i) product += " AND p IN ['a', 'b']";
  EXPECT_EQ(ReadsOf(product), too_many);
}

TEST(PartiqlKeys, FindsTheItemThatAWriteMeans) {
  struct Case {
    std::string where, key, conflicting;
    bool complete, more;
  };
  const Case cases[] = {
      {"p = 'a' AND s = 1", R"({"p":{"S":"a"},"s":{"N":"1"}})", "", true, false},
      {"(s = 1 AND x = 2) AND p = 'a'", R"({"p":{"S":"a"},"s":{"N":"1"}})", "", true, true},
      {"p = 'a' AND s = 1 AND p = 'b'", R"({"p":{"S":"a"},"s":{"N":"1"}})", "p", true, false},
      {"p = 'a' AND p = 'a'", R"({"p":{"S":"a"}})", "", false, false},
      {"p IN ['a'] AND s = 1", R"({"s":{"N":"1"}})", "", false, true},
      {"p = 'a' OR s = 1", "{}", "", false, true},
  };
  for (const Case& each : cases) {
    const auto bound = Where(each.where);
    ASSERT_TRUE(bound);
    const PartiqlItemKey found = FindPartiqlItemKey(*bound, kKeys);
    EXPECT_EQ(TextOf(found.key), each.key) << each.where;
    EXPECT_EQ(found.conflicting, each.conflicting) << each.where;
    EXPECT_EQ(found.complete, each.complete) << each.where;
    EXPECT_EQ(found.more, each.more) << each.where;
  }
}

}  // namespace
}  // namespace cruddur::expr
