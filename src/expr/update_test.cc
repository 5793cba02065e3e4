#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "expr/request.h"
#include "model/arbitrary_value.h"

namespace cruddur::expr {
namespace {

constexpr std::string_view kValues = R"({
  ":one": {"N": "1"}, ":two": {"N": "2"}, ":ten": {"N": "10"}, ":s": {"S": "text"},
  ":l": {"L": [{"S": "x"}]}, ":empty": {"L": []}, ":m": {"M": {"k": {"N": "1"}}},
  ":ss": {"SS": ["b", "c"]}, ":sa": {"SS": ["a", "b"]}, ":ns": {"NS": ["1"]},
  ":bs": {"BS": ["AA=="]}, ":v1": {"S": "a1"}, ":v2": {"S": "a2"}, ":v3": {"S": "a3"},
  ":v4": {"S": "a4"}, ":huge": {"N": "9e125"}, ":tiny": {"N": "1e-130"}
})";
constexpr std::string_view kNames = R"({"#a": "a", "#b": "b", "#x": "x", "#dot": "a.b"})";

// The item after, or the error's text.
std::string After(std::string_view text, std::string_view before) {
  model::Placeholders placeholders = PlaceholdersOf(kValues, kNames);
  Bindings bindings(placeholders);
  auto update = Update::Compile(text, bindings);
  if (!update) return update.error().message;
  model::Item item = ItemOf(before);
  const model::Item copy = item;
  auto after = update->Apply(item);
  EXPECT_EQ(item, copy);
  if (!after) {
    EXPECT_EQ(after.error().code, model::DbErrorCode::kValidation);
    return after.error().message;
  }
  return TextOf(*after);
}

struct Case {
  std::string_view text, before, after;
};

void Check(std::span<const Case> cases) {
  for (const Case& c : cases) {
    std::string expected(c.after);
    if (expected.starts_with('{')) expected = TextOf(ItemOf(c.after));
    EXPECT_EQ(After(c.text, c.before), expected) << c.text << " on " << c.before;
  }
}

constexpr std::string_view kMissing =
    "The provided expression refers to an attribute that does not exist in the item";
constexpr std::string_view kType = "An operand in the update expression has an incorrect data type";
constexpr std::string_view kPath =
    "The document path provided in the update expression is invalid for update";

TEST(Update, Sets) {
  const Case cases[] = {
      {"SET b = :one", R"({})", R"({"b":{"N":"1"}})"},
      {"set b=:one , c = :s", R"({"a":{"S":"x"}})",
       R"({"a":{"S":"x"},"b":{"N":"1"},"c":{"S":"text"}})"},
      {"SET a = :m", R"({"a":{"S":"x"}})", R"({"a":{"M":{"k":{"N":"1"}}}})"},
      {"SET b = a", R"({"a":{"S":"x"}})", R"({"a":{"S":"x"},"b":{"S":"x"}})"},
      {"SET a = a", R"({"a":{"S":"x"}})", R"({"a":{"S":"x"}})"},
      {"SET a = b, b = a", R"({"a":{"N":"1"},"b":{"N":"2"}})", R"({"a":{"N":"2"},"b":{"N":"1"}})"},
      {"SET #a = #b", R"({"b":{"N":"2"}})", R"({"a":{"N":"2"},"b":{"N":"2"}})"},
      {"SET #dot = :one", R"({"a":{"M":{}}})", R"({"a":{"M":{}},"a.b":{"N":"1"}})"},
      {"SET a = (b)", R"({"b":{"N":"2"}})", R"({"a":{"N":"2"},"b":{"N":"2"}})"},
      {"SET c = z", R"({"a":{"S":"x"}})", kMissing},
      {"SET z = z", R"({})", kMissing},
      {"SET x = :one, y = x", R"({})", kMissing},
      {"SET b = a.b.c", R"({"a":{"M":{}}})", kMissing},
  };
  Check(cases);
}

TEST(Update, Calculates) {
  const Case cases[] = {
      {"SET a = :one + :two", R"({})", R"({"a":{"N":"3"}})"},
      {"SET a = a - :ten", R"({"a":{"N":"1.5"}})", R"({"a":{"N":"-8.5"}})"},
      {"SET a = :one+a", R"({"a":{"N":"2"}})", R"({"a":{"N":"3"}})"},
      {"SET a = (a + b)", R"({"a":{"N":"2"},"b":{"N":"3"}})", R"({"a":{"N":"5"},"b":{"N":"3"}})"},
      {"SET a = (a) - (b)", R"({"a":{"N":"2"},"b":{"N":"3"}})",
       R"({"a":{"N":"-1"},"b":{"N":"3"}})"},
      {"SET a.n = a.n + :one", R"({"a":{"M":{"n":{"N":"1"}}}})", R"({"a":{"M":{"n":{"N":"2"}}}})"},
      {"SET a = if_not_exists(a, :ten) + :one", R"({})", R"({"a":{"N":"11"}})"},
      {"SET a = if_not_exists(a, :ten) + if_not_exists(b, :one)", R"({"b":{"N":"5"}})",
       R"({"a":{"N":"15"},"b":{"N":"5"}})"},
      {"SET b = b + :one", R"({})", kMissing},
      {"SET a = a + :one", R"({"a":{"S":"x"}})", kType},
      {"SET a = b + a", R"({"a":{"S":"x"}})", kMissing},
      {"SET a = a + b", R"({"a":{"S":"x"}})", kType},
      {"SET a = :huge + :huge", R"({})",
       "Number overflow. Attempting to store a number with magnitude larger than supported range"},
      {"SET a = :one + :tiny", R"({})",
       "Number overflow. Attempting to store a number with magnitude larger than supported range"},
  };
  Check(cases);
}

TEST(Update, CallsFunctions) {
  const Case cases[] = {
      {"SET a = if_not_exists(a, :one)", R"({})", R"({"a":{"N":"1"}})"},
      {"SET a = if_not_exists(a, :one)", R"({"a":{"S":"x"}})", R"({"a":{"S":"x"}})"},
      {"SET b = if_not_exists(a, :one)", R"({"a":{"S":"x"}})", R"({"a":{"S":"x"},"b":{"S":"x"}})"},
      {"SET a = if_not_exists(b, if_not_exists(c, :one))", R"({"c":{"N":"3"}})",
       R"({"a":{"N":"3"},"c":{"N":"3"}})"},
      {"SET a = if_not_exists(b, c)", R"({})", kMissing},
      {"SET a.x = if_not_exists(a.x, :one)", R"({"a":{"M":{}}})", R"({"a":{"M":{"x":{"N":"1"}}}})"},
      {"SET a = list_append(a, :l)", R"({"a":{"L":[{"N":"1"}]}})",
       R"({"a":{"L":[{"N":"1"},{"S":"x"}]}})"},
      {"SET a = list_append(:l, a)", R"({"a":{"L":[{"N":"1"}]}})",
       R"({"a":{"L":[{"S":"x"},{"N":"1"}]}})"},
      {"SET b = list_append(a, a)", R"({"a":{"L":[{"N":"1"}]}})",
       R"({"a":{"L":[{"N":"1"}]},"b":{"L":[{"N":"1"},{"N":"1"}]}})"},
      {"SET a = list_append(if_not_exists(a, :empty), :l)", R"({})", R"({"a":{"L":[{"S":"x"}]}})"},
      {"SET a = list_append(a, :l)", R"({})", kMissing},
      {"SET a = list_append(a, :l)", R"({"a":{"N":"1"}})", kType},
      {"SET a = list_append(:l, a)", R"({"a":{"SS":["x"]}})", kType},
  };
  Check(cases);
}

TEST(Update, WritesIntoDocuments) {
  const Case cases[] = {
      {"SET a.b = :one", R"({"a":{"M":{"c":{"N":"2"}}}})",
       R"({"a":{"M":{"b":{"N":"1"},"c":{"N":"2"}}}})"},
      {"SET a.c = :one", R"({"a":{"M":{"c":{"M":{"x":{"N":"2"}}}}}})",
       R"({"a":{"M":{"c":{"N":"1"}}}})"},
      {"SET a.c[1].#x.y[1] = :ten",
       R"({"a":{"M":{"c":{"L":[{"S":"hi"},{"M":{"x":{"M":{"y":{"L":[{"N":"3"},{"N":"5"}]}}}}}]}}}})",
       R"({"a":{"M":{"c":{"L":[{"S":"hi"},{"M":{"x":{"M":{"y":{"L":[{"N":"3"},{"N":"10"}]}}}}}]}}}})"},
      {"SET a[1] = :one", R"({"a":{"L":[{"N":"7"},{"N":"8"}]}})",
       R"({"a":{"L":[{"N":"7"},{"N":"1"}]}})"},
      {"SET a[7] = :one", R"({"a":{"L":[{"N":"7"}]}})", R"({"a":{"L":[{"N":"7"},{"N":"1"}]}})"},
      {"SET a[0] = :one", R"({"a":{"L":[]}})", R"({"a":{"L":[{"N":"1"}]}})"},
      {"SET a[84] = :v1, a[37] = :v2, a[17] = :v3, a[50] = :v4", R"({"a":{"L":[{"S":"o"}]}})",
       R"({"a":{"L":[{"S":"o"},{"S":"a3"},{"S":"a2"},{"S":"a4"},{"S":"a1"}]}})"},
      {"REMOVE a[1] SET a[3] = :ten",
       R"({"a":{"L":[{"N":"2"},{"N":"3"},{"N":"4"},{"N":"5"},{"N":"6"}]}})",
       R"({"a":{"L":[{"N":"2"},{"N":"4"},{"N":"10"},{"N":"6"}]}})"},
      {"SET a[9] = :ten REMOVE a[0], a[2]",
       R"({"a":{"L":[{"N":"2"},{"N":"3"},{"N":"4"},{"N":"5"}]}})",
       R"({"a":{"L":[{"N":"3"},{"N":"5"},{"N":"10"}]}})"},
      {"REMOVE a[0], a[2].x[1], a[2].x[0]",
       R"({"a":{"L":[{"N":"1"},{"N":"2"},{"M":{"x":{"L":[{"N":"3"},{"N":"4"},{"N":"5"}]}}}]}})",
       R"({"a":{"L":[{"N":"2"},{"M":{"x":{"L":[{"N":"5"}]}}}]}})"},
      {"SET a.b = :one, a.c.d = :two, b.x = :ten REMOVE a.x, b.y",
       R"({"a":{"M":{"x":{"S":"u"},"c":{"M":{"y":{"S":"v"}}}}},"b":{"M":{"x":{"S":"m"},"y":{"S":"n"}}}})",
       R"({"a":{"M":{"b":{"N":"1"},"c":{"M":{"d":{"N":"2"},"y":{"S":"v"}}}}},"b":{"M":{"x":{"N":"10"}}}})"},
      {"SET a.c = :one", R"({"a":{"S":"x"}})", kPath},
      {"SET a.c = :one", R"({"a":{"L":[]}})", kPath},
      {"SET c.c = :one", R"({"a":{"S":"x"}})", kPath},
      {"SET a[0] = :one", R"({"a":{"S":"x"}})", kPath},
      {"SET a[0] = :one", R"({"a":{"M":{}}})", kPath},
      {"SET b[0] = :one", R"({})", kPath},
      {"SET a.b.c = :one", R"({"a":{"M":{}}})", kPath},
  };
  Check(cases);
}

TEST(Update, Removes) {
  const Case cases[] = {
      {"REMOVE a", R"({"a":{"S":"x"},"b":{"S":"y"}})", R"({"b":{"S":"y"}})"},
      {"REMOVE c", R"({"a":{"S":"x"}})", R"({"a":{"S":"x"}})"},
      {"REMOVE a.b", R"({"a":{"M":{"b":{"N":"1"}}}})", R"({"a":{"M":{}}})"},
      {"REMOVE a.y", R"({"a":{"M":{"b":{"N":"1"}}}})", R"({"a":{"M":{"b":{"N":"1"}}}})"},
      {"REMOVE a[0]", R"({"a":{"L":[{"N":"1"}]}})", R"({"a":{"L":[]}})"},
      {"REMOVE a[17]", R"({"a":{"L":[{"N":"1"}]}})", R"({"a":{"L":[{"N":"1"}]}})"},
      {"REMOVE a SET b = a", R"({"a":{"S":"x"}})", R"({"b":{"S":"x"}})"},
      {"SET c = b REMOVE b", R"({"b":{"S":"x"}})", R"({"c":{"S":"x"}})"},
      {"REMOVE a.c", R"({"a":{"S":"x"}})", kPath},
      {"REMOVE b.c", R"({"b":{"L":[]}})", kPath},
      {"REMOVE c.c", R"({"a":{"S":"x"}})", kPath},
      {"REMOVE a[0]", R"({"a":{"S":"x"}})", kPath},
      {"REMOVE b[0]", R"({})", kPath},
  };
  Check(cases);
}

TEST(Update, AddsAndDeletes) {
  const Case cases[] = {
      {"ADD a :two", R"({"a":{"N":"5"}})", R"({"a":{"N":"7"}})"},
      {"ADD a :two", R"({})", R"({"a":{"N":"2"}})"},
      {"ADD a :sa", R"({})", R"({"a":{"SS":["a","b"]}})"},
      {"ADD a :sa", R"({"a":{"SS":["b","z"]}})", R"({"a":{"SS":["a","b","z"]}})"},
      {"ADD a :ns", R"({"a":{"NS":["1.0","3"]}})", R"({"a":{"NS":["1","3"]}})"},
      {"ADD a :bs", R"({"a":{"BS":["/w=="]}})", R"({"a":{"BS":["AA==","/w=="]}})"},
      {"ADD a.n :one, a.s :sa", R"({"a":{"M":{"n":{"N":"1"}}}})",
       R"({"a":{"M":{"n":{"N":"2"},"s":{"SS":["a","b"]}}}})"},
      {"ADD a[0] :one, a[5] :two", R"({"a":{"L":[{"N":"1"}]}})",
       R"({"a":{"L":[{"N":"2"},{"N":"2"}]}})"},
      {"ADD a :two", R"({"a":{"S":"x"}})", kType},
      {"ADD a :sa", R"({"a":{"NS":["1"]}})", kType},
      {"ADD a :sa", R"({"a":{"N":"1"}})", kType},
      {"ADD a :two", R"({"a":{"NS":["1"]}})", kType},
      {"ADD a :huge", R"({"a":{"N":"9e125"}})",
       "Number overflow. Attempting to store a number with magnitude larger than supported range"},
      {"ADD a.b :one", R"({})", kPath},
      {"DELETE a :ss", R"({"a":{"SS":["a","b","c"]}})", R"({"a":{"SS":["a"]}})"},
      {"DELETE a :ss", R"({"a":{"SS":["b","c"]},"z":{"N":"1"}})", R"({"z":{"N":"1"}})"},
      {"DELETE a :ss", R"({"a":{"SS":["x"]}})", R"({"a":{"SS":["x"]}})"},
      {"DELETE a :ss", R"({})", R"({})"},
      {"DELETE a.s :ss", R"({"a":{"M":{"s":{"SS":["b"]}}}})", R"({"a":{"M":{}}})"},
      {"DELETE a[0] :ss", R"({"a":{"L":[{"SS":["b"]},{"N":"1"}]}})", R"({"a":{"L":[{"N":"1"}]}})"},
      {"DELETE a :ss", R"({"a":{"NS":["1"]}})", kType},
      {"DELETE a :ss", R"({"a":{"S":"b"}})", kType},
      {"SET x = :one ADD a :two DELETE s :ss REMOVE r",
       R"({"a":{"N":"1"},"s":{"SS":["b","q"]},"r":{"N":"1"}})",
       R"({"a":{"N":"3"},"s":{"SS":["q"]},"x":{"N":"1"}})"},
  };
  Check(cases);
}

TEST(Update, ReportsTheProblemsInOrder) {
  const Case cases[] = {
      {"SET a = b, c = d + :one", R"({"d":{"S":"x"}})", kType},
      {"SET a = zz, b.c = :one", R"({})", kPath},
      {"SET b.c = :one REMOVE d.e", R"({"d":{"N":"1"}})", kPath},
      {"SET a = b + :one, d.e = :one", R"({"b":{"S":"x"},"d":{"S":"x"}})", kPath},
      {"SET a = b + :one, d.e = :one", R"({"b":{"S":"x"}})", kType},
      {"SET a = zz ADD b.c :one", R"({})", kPath},
      {"ADD b.c :one SET a = zz", R"({})", kMissing},
      {"SET a = :huge + :huge, b = zz", R"({})", kMissing},
  };
  Check(cases);
}

TEST(Update, BoundsTheNesting) {
  std::string thirty = R"({"N":"1"})";
  for (int i = 0; i < 30; ++i) thirty = R"({"L":[)" + thirty + "]}";
  std::string before = R"({"v":)" + thirty + R"(,"a":{"M":{"b":{"M":{}}}}})";
  EXPECT_TRUE(After("SET a.c = v", before).starts_with('{'));
  EXPECT_EQ(After("SET a.b.c = v", before),
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested "
            "levels beyond supported limit");
}

TEST(Update, ShowsWhatItTouched) {
  struct TouchedCase {
    std::string_view text, before, old_values, new_values;
  };
  const TouchedCase cases[] = {
      {"SET b = :v1, c = :one", R"({"a":{"S":"x"},"b":{"S":"dog"}})", R"({"b":{"S":"dog"}})",
       R"({"b":{"S":"a1"},"c":{"N":"1"}})"},
      {"REMOVE b", R"({"b":{"S":"dog"}})", R"({"b":{"S":"dog"}})", "{}"},
      {"SET a.b = :one", R"({"a":{"M":{"b":{"N":"5"},"c":{"N":"6"}}}})",
       R"({"a":{"M":{"b":{"N":"5"}}}})", R"({"a":{"M":{"b":{"N":"1"}}}})"},
      {"SET a.c[1] = :one, a.b = :two",
       R"({"a":{"M":{"b":{"N":"5"},"c":{"L":[{"N":"7"},{"N":"8"}]}}}})",
       R"({"a":{"M":{"b":{"N":"5"},"c":{"L":[{"N":"8"}]}}}})",
       R"({"a":{"M":{"b":{"N":"2"},"c":{"L":[{"N":"1"}]}}}})"},
      {"SET a.x = :one", R"({"a":{"M":{"b":{"N":"5"}}}})", "{}", R"({"a":{"M":{"x":{"N":"1"}}}})"},
      {"SET a[100] = :one", R"({"a":{"L":[{"N":"5"}]}})", "{}", "{}"},
      {"REMOVE a[1]", R"({"a":{"L":[{"N":"5"},{"N":"6"},{"N":"7"}]}})",
       R"({"a":{"L":[{"N":"6"}]}})", R"({"a":{"L":[{"N":"7"}]}})"},
      {"REMOVE a[1], a[3]", R"({"a":{"L":[{"N":"5"},{"N":"6"}]}})", R"({"a":{"L":[{"N":"6"}]}})",
       "{}"},
  };
  model::Placeholders placeholders = PlaceholdersOf(kValues, kNames);
  for (const TouchedCase& c : cases) {
    Bindings bindings(placeholders);
    auto update = Update::Compile(c.text, bindings);
    ASSERT_TRUE(update.has_value()) << update.error().message;
    model::Item before = ItemOf(c.before);
    EXPECT_EQ(TextOf(update->Touched(before)), TextOf(ItemOf(c.old_values))) << c.text;
    EXPECT_EQ(TextOf(update->Touched(update->Apply(before).value())), TextOf(ItemOf(c.new_values)))
        << c.text;
  }
}

TEST(Update, TellsWhatItWrites) {
  model::Placeholders placeholders = PlaceholdersOf(kValues, kNames);
  Bindings bindings(placeholders);
  auto update = Update::Compile("SET #a.x = b + c.d REMOVE e[0]", bindings);
  EXPECT_EQ(update->TopLevelNames(), (std::vector<std::string_view>{"a", "e"}));
  EXPECT_FALSE(update->OnlyRemoves());
  EXPECT_FALSE(Update::Compile("ADD a :one REMOVE b", bindings)->OnlyRemoves());
  EXPECT_TRUE(Update::Compile("REMOVE a DELETE b :ss", bindings)->OnlyRemoves());
}

// A list of NULLs takes two bytes an element in an item's size and some forty in memory, and one
// value may be named hundreds of times: the copies must not be made.
TEST(Update, RefusesWhatIsTooLargeBeforeMakingIt) {
  const model::AttributeValue nulls = model::List(150'000, model::AttributeValue());
  const model::Item before{{"l", nulls}};
  std::string text = "SET a0 = :v";
  for (int i = 1; i < 20; ++i) text += ", a" + std::to_string(i) + " = :v";
  for (const std::string& update_text : {text, std::string("SET a = list_append(:v, l)")}) {
    model::Placeholders placeholders{{}, {{":v", nulls}}};
    Bindings bindings(placeholders);
    auto update = Update::Compile(update_text, bindings);
    ASSERT_TRUE(update) << update.error().message;
    auto after = update->Apply(before);
    ASSERT_FALSE(after);
    EXPECT_EQ(after.error().message, "Item size to update has exceeded the maximum allowed size");
  }
}

TEST(Update, CountsWhatItSays) {
  const std::pair<std::string_view, size_t> cases[] = {
      // 3, and 19 for each value: the target's first name, the value.
      {"SET b = :s", 3 + 19 + 1 + 4},
      {"SET #dot = :s", 3 + 19 + 3 + 4},  // the name, not the placeholder
      {"SET a.bc[12] = :s", 3 + 19 + 1 + (4 + 2) + (4 + 2) + 4},
      {"SET a = :s, b = :s", 3 + 2 * (19 + 1 + 4)},
      {"SET a = bc.d[0]", 3 + 19 + 1 + (1 + 16 + 15 + 15)},
      {"SET a = b + :one", 3 + 19 + 1 + 34 + (1 + 15) + 2},
      {"SET a = b - :one", 3 + 19 + 1 + 37 + (1 + 15) + 2},
      {"SET a = list_append(b, :empty)", 3 + 19 + 1 + 37 + (1 + 15) + 3},
      {"SET a = if_not_exists(b, :s)", 3 + 19 + 1 + 39 + (1 + 15) + 4},
      {"ADD a :one", 3 + 19 + 1 + 2},
      {"REMOVE a, b.c", 3 + (1 + 1) + (1 + 1 + 5)},
      {"DELETE a :ss", 3 + 1 + 1},
      {"SET a = :s REMOVE b", 3 + (19 + 1 + 4) + (1 + 1)},
  };
  const model::Placeholders placeholders = PlaceholdersOf(kValues, kNames);
  for (const auto& [text, bytes] : cases) {
    Bindings bindings(placeholders);
    auto update = Update::Compile(text, bindings);
    ASSERT_TRUE(update) << text;
    EXPECT_EQ(update->ChargedBytes(), bytes) << text;
  }
}

TEST(Update, WhatItSetsIsThereAndTheRestStays) {
  EXPECT_TRUE(rc::check([] {
    model::Item before = *model::ArbitraryItem();
    model::AttributeValue value = *model::ArbitraryValue(2);
    model::Placeholders placeholders{{{"#n", "target"}}, {{":v", value}}};
    Bindings bindings(placeholders);
    auto update = Update::Compile("SET #n = :v", bindings);
    model::Item after = update->Apply(before).value();
    RC_ASSERT(*after.Find("target") == value);
    after.Erase("target");
    RC_ASSERT(after == before);
  }));
}

}  // namespace
}  // namespace cruddur::expr
