// What holds for any text, and the cache of parsed expressions.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "expr/request.h"
#include "expr/syntax_cache.h"
#include "model/arbitrary_value.h"

namespace cruddur::expr {
namespace {

// Text made of what the grammars know, so that much of it parses far.
rc::Gen<std::string> ExpressionTexts() {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(
                          rc::gen::elementOf(std::vector<std::string>{"a",
                                                                      "b.c",
                                                                      "a[0]",
                                                                      "#n",
                                                                      ":v",
                                                                      ":l",
                                                                      "(",
                                                                      "(",
                                                                      ")",
                                                                      ")",
                                                                      ",",
                                                                      ".",
                                                                      "[",
                                                                      "]",
                                                                      "=",
                                                                      "<>",
                                                                      "<",
                                                                      ">=",
                                                                      "+",
                                                                      "-",
                                                                      "AND",
                                                                      "OR",
                                                                      "NOT",
                                                                      "IN",
                                                                      "BETWEEN",
                                                                      "SET",
                                                                      "REMOVE",
                                                                      "ADD",
                                                                      "DELETE",
                                                                      "size",
                                                                      "contains(",
                                                                      "attribute_exists(a)",
                                                                      "begins_with(a, :s)",
                                                                      "if_not_exists(a, :v)",
                                                                      "list_append(a, :l)",
                                                                      "a = :v",
                                                                      "SET a = :v",
                                                                      "1",
                                                                      "é",
                                                                      "#",
                                                                      ":",
                                                                      "status"})),
                      [](const std::vector<std::string>& parts) {
                        std::string text;
                        for (const auto& part : parts) text += part + " ";
                        return text;
                      });
}

void CompileAndApply(std::string_view text, const model::Item& item) {
  model::Placeholders placeholders =
      PlaceholdersOf(R"({":v":{"N":"1"},":s":{"S":"x"},":l":{"L":[]}})", R"({"#n":"a"})");
  Bindings bindings(placeholders);
  auto condition = Condition::Compile(ConditionKind::kFilter, text, bindings);
  if (condition) (void)condition->Matches(item);
  auto update = Update::Compile(text, bindings);
  if (update) {
    auto after = update->Apply(item);
    if (after) (void)update->Touched(*after);
  }
  auto projection = Projection::Compile(text, bindings);
  if (projection) (void)projection->Apply(item);
  const model::KeySchema keys{{{"a", model::Type::kN}}, {{"b", model::Type::kS}}};
  auto key_condition = KeyCondition::Compile(text, bindings, keys);
  for (const auto& message :
       {condition ? "" : condition.error().message, update ? "" : update.error().message,
        projection ? "" : projection.error().message,
        key_condition ? "" : key_condition.error().message}) {
    RC_ASSERT(message.size() < text.size() + 1000);
  }
}

TEST(AnyText, NeverCrashes) {
  EXPECT_TRUE(rc::check([](const std::string& text) { CompileAndApply(text, {}); }));
}

TEST(AnyText, MadeOfTokensNeverCrashes) {
  EXPECT_TRUE(rc::check([] { CompileAndApply(*ExpressionTexts(), *model::ArbitraryItem()); }));
}

TEST(AnyText, PointsAtATokenOfTheText) {
  EXPECT_TRUE(rc::check([] {
    std::string text = *ExpressionTexts();
    RC_PRE(!text.empty());
    auto syntax = Parse(Grammar::kCondition, text);
    RC_PRE(!syntax.has_value());
    const std::string& error = syntax.error();
    auto at = error.find("near: \"");
    RC_PRE(at != std::string::npos);
    std::string near = error.substr(at + 7, error.size() - at - 8);
    RC_ASSERT(text.find(near) != std::string::npos);
  }));
}

TEST(ParseCached, GivesTheSameSyntaxAgain) {
  auto first = ParseCached(Grammar::kCondition, "cached_a = :v");
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(ParseCached(Grammar::kCondition, std::string("cached_a = :v")).value(), *first);
  EXPECT_FALSE(ParseCached(Grammar::kUpdate, "cached_a = :v").has_value());
  auto projection = ParseCached(Grammar::kProjection, "cached_a");
  EXPECT_NE(ParseCached(Grammar::kProjection, "cached_b").value(), *projection);
}

TEST(ParseCached, ForgetsWhatWasLongNotUsedAndKeepsTheRest) {
  auto text_of = [](int i) {
    return "forgotten" + std::to_string(i) + " = :v" + std::string(500, ' ');
  };
  auto first = ParseCached(Grammar::kCondition, text_of(0)).value();
  std::weak_ptr<const Syntax> watched = first;
  first.reset();
  auto kept = ParseCached(Grammar::kCondition, "kept = :v").value();
  for (int i = 1; i < 5000; ++i) {
    ASSERT_TRUE(ParseCached(Grammar::kCondition, text_of(i)).has_value());
    if (i % 100 == 0) ASSERT_EQ(ParseCached(Grammar::kCondition, "kept = :v").value(), kept);
  }
  EXPECT_TRUE(watched.expired());
}

TEST(ParseCached, BindsOneSyntaxToEachRequestsOwnPlaceholders) {
  for (int i = 0; i < 3; ++i) {
    std::string name = "attribute" + std::to_string(i);
    model::Placeholders placeholders{{{"#n", name}}, {{":v", model::Number(i)}}};
    Bindings bindings(placeholders);
    auto condition = Condition::Compile(ConditionKind::kCondition, "#n = :v", bindings);
    ASSERT_TRUE(condition.has_value());
    EXPECT_TRUE(bindings.CheckAllUsed().has_value());
    EXPECT_TRUE(condition->Matches({{name, model::Number(i)}}));
    EXPECT_FALSE(condition->Matches({{name, model::Number(i + 1)}}));
    EXPECT_EQ(condition->TopLevelNames(), std::vector<std::string_view>{name});
  }
}

}  // namespace
}  // namespace cruddur::expr
