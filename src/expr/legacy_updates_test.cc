#include "expr/legacy_updates.h"

#include <gtest/gtest.h>

#include "expr/expression.h"
#include "expr/request.h"

namespace cruddur::expr {
namespace {

LegacyUpdate UpdateOf(std::string name, LegacyAction action, std::string_view value = "") {
  LegacyUpdate update{std::move(name), action, {}};
  if (!value.empty()) update.value = *ItemOf(R"({"v": )" + std::string(value) + "}").Find("v");
  return update;
}

std::string Problem(LegacyAction action, std::string_view value = "") {
  auto status = CheckLegacyUpdate(UpdateOf("a", action, value));
  return status ? "" : status.error().message;
}

TEST(LegacyUpdate, TakesValuesThatItsActionKnows) {
  const std::string invalid = "One or more parameter values were invalid: ";
  for (LegacyAction action : {LegacyAction::kPut, LegacyAction::kAdd}) {
    EXPECT_EQ(Problem(action),
              invalid + "Only DELETE action is allowed when no attribute value is specified");
  }
  EXPECT_EQ(Problem(LegacyAction::kDelete), "");
  for (std::string_view type : {"S", "N", "B"}) {
    const std::string value =
        R"({")" + std::string(type) + R"(": ")" + (type == "N" ? "1" : "YQ==") + R"("})";
    EXPECT_EQ(Problem(LegacyAction::kPut, value), "");
    EXPECT_EQ(
        Problem(LegacyAction::kDelete, value),
        invalid + "DELETE action with value is not supported for the type " + std::string(type));
    EXPECT_EQ(Problem(LegacyAction::kAdd, value),
              type == "N"
                  ? ""
                  : invalid + "ADD action is not supported for the type " + std::string(type));
  }
  EXPECT_EQ(Problem(LegacyAction::kAdd, R"({"L": []})"), "");
  EXPECT_EQ(Problem(LegacyAction::kAdd, R"({"M": {}})"),
            invalid + "ADD action is not supported for the type M");
  EXPECT_EQ(Problem(LegacyAction::kAdd, R"({"NULL": true})"),
            invalid + "ADD action is not supported for the type NULL");
  EXPECT_EQ(Problem(LegacyAction::kDelete, R"({"L": []})"),
            invalid + "DELETE action with value is not supported for the type L");
  EXPECT_EQ(Problem(LegacyAction::kDelete, R"({"NS": ["1"]})"), "");
}

// The item after, or the problem.
std::string Apply(std::vector<LegacyUpdate> updates, std::string_view before) {
  model::Placeholders placeholders;
  placeholders.legacy.others = true;
  std::string text;
  {
    LegacyPlaceholders made(placeholders);
    text = WriteUpdates(std::move(updates), made);
  }
  Bindings bindings(placeholders);
  auto update = Update::Compile(text, bindings);
  if (!update) return update.error().message;
  EXPECT_TRUE(bindings.CheckAllUsed());
  auto after = update->Apply(ItemOf(before));
  return after ? TextOf(*after) : after.error().message;
}

TEST(LegacyUpdate, DoesAllActionsAtOnce) {
  EXPECT_EQ(
      Apply({UpdateOf("put", LegacyAction::kPut, R"({"L": [{"S": "new"}]})"),
             UpdateOf("gone", LegacyAction::kDelete),
             UpdateOf("more", LegacyAction::kAdd, R"({"N": "2"})"),
             UpdateOf("a.b", LegacyAction::kPut, R"({"S": "dot"})"),
             UpdateOf("fewer", LegacyAction::kDelete, R"({"SS": ["a", "z"]})"),
             UpdateOf("fresh", LegacyAction::kAdd, R"({"N": "7"})")},
            R"({"put": {"S": "old"}, "gone": {"S": "x"}, "more": {"N": "1"}, "fewer":
                      {"SS": ["a", "b"]}})"),
      R"({"a.b":{"S":"dot"},"fewer":{"SS":["b"]},"fresh":{"N":"7"},"more":{"N":"3"},"put":{"L":[{"S":"new"}]}})");
}

TEST(LegacyUpdate, AddsToLists) {
  EXPECT_EQ(Apply({UpdateOf("l", LegacyAction::kAdd, R"({"L": [{"S": "b"}]})"),
                   UpdateOf("m", LegacyAction::kAdd, R"({"L": [{"S": "c"}]})")},
                  R"({"l": {"L": [{"S": "a"}]}})"),
            R"({"l":{"L":[{"S":"a"},{"S":"b"}]},"m":{"L":[{"S":"c"}]}})");
}

TEST(LegacyUpdate, RefusesAnotherTypeInTheItem) {
  for (const auto& update : {UpdateOf("a", LegacyAction::kAdd, R"({"N": "1"})"),
                             UpdateOf("a", LegacyAction::kAdd, R"({"NS": ["1"]})"),
                             UpdateOf("a", LegacyAction::kAdd, R"({"L": []})"),
                             UpdateOf("a", LegacyAction::kDelete, R"({"NS": ["1"]})")}) {
    EXPECT_EQ(Apply({update}, R"({"a": {"SS": ["1"]}})"), "Type mismatch for attribute to update");
  }
}

// As many as an item can have, in an order that is the item's no more than it is the request's.
TEST(LegacyUpdate, MayBeOfManyAttributes) {
  constexpr int kCount = 20'000;
  std::vector<LegacyUpdate> puts, changes;
  for (int i = kCount; i > 0; --i) {
    const std::string name = std::to_string(i);
    puts.push_back(UpdateOf(name, LegacyAction::kPut, R"({"N": "1"})"));
    if (i % 3 == 0) {
      changes.push_back(UpdateOf(name, LegacyAction::kDelete));
    } else {
      changes.push_back(UpdateOf(name, LegacyAction::kAdd, R"({"N": "1"})"));
    }
  }
  changes.push_back(UpdateOf("none", LegacyAction::kDelete));
  changes.push_back(UpdateOf("new", LegacyAction::kPut, R"({"N": "5"})"));
  const std::string before = Apply(std::move(puts), R"({"kept": {"S": "x"}, "1": {"N": "7"}})");
  EXPECT_EQ(ItemOf(before).size(), kCount + 1u);
  const model::Item after = ItemOf(Apply(std::move(changes), before));
  EXPECT_EQ(after.size(), kCount - kCount / 3 + 2u);
  const auto text = [&](std::string_view name) {
    return after.Find(name) ? TextOf({{std::string(name), *after.Find(name)}}) : "";
  };
  EXPECT_EQ(text("1"), R"({"1":{"N":"2"}})");
  EXPECT_EQ(text("3"), "");
  EXPECT_EQ(text("19999"), R"({"19999":{"N":"2"}})");
  EXPECT_EQ(text("new"), R"({"new":{"N":"5"}})");
  EXPECT_EQ(text("kept"), R"({"kept":{"S":"x"}})");
}

// Seen by the names too, before the item is made.
TEST(LegacyUpdate, MustFitAnItem) {
  for (const LegacyAction action : {LegacyAction::kPut, LegacyAction::kAdd}) {
    std::vector<LegacyUpdate> updates;
    for (int i = 0; i < 500; ++i) {
      updates.push_back(
          UpdateOf(std::to_string(i) + std::string(1000, 'a'), action, R"({"L": []})"));
    }
    EXPECT_EQ(Apply(std::move(updates), "{}"),
              "Item size to update has exceeded the maximum allowed size");
  }
}

TEST(AttributesToGet, AreTopLevelNamesEachOnce) {
  EXPECT_EQ(CheckAttributesToGet({"a", "b", "a"}).error().message,
            "One or more parameter values were invalid: Duplicate value in attribute name: a");
  ASSERT_TRUE(CheckAttributesToGet({"a", "a.b"}));
  model::Placeholders placeholders;
  std::string text;
  {
    LegacyPlaceholders made(placeholders);
    text = WriteAttributesToGet({"a.b", "select", "none"}, made);
  }
  Bindings bindings(placeholders);
  auto projection = Projection::Compile(text, bindings);
  ASSERT_TRUE(projection);
  EXPECT_EQ(TextOf(projection->Apply(ItemOf(
                R"({"a": {"M": {"b": {"S": "no"}}}, "a.b": {"S": "x"}, "select": {"N": "1"}})"))),
            R"({"a.b":{"S":"x"},"select":{"N":"1"}})");
}

}  // namespace
}  // namespace cruddur::expr
