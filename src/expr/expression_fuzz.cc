// Any text as any expression, applied to an item that has something of every type.
#include <cstdint>
#include <string_view>

#include "expr/expression.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cruddur;
  using model::Number;
  static const model::Placeholders placeholders{{{"#n", "a"}, {"#m", "b"}},
                                                {{":n", Number(1)},
                                                 {":s", "x"},
                                                 {":l", model::List()},
                                                 {":m", model::Map()},
                                                 {":t", model::StringSet{{"x"}}},
                                                 {":type", "S"}}};
  static const model::Item item = {
      {"a", Number(7)},
      {"b", model::Map{{"c", "text"}, {"d", model::List{model::AttributeValue(Number(1))}}}},
      {"l", model::List{model::AttributeValue("x"), model::AttributeValue(model::Map())}},
      {"t", model::StringSet{{"x", "y"}}}};
  static const model::KeySchema keys{{{"a", model::Type::kN}}, {{"s", model::Type::kS}}};

  std::string_view text(reinterpret_cast<const char*>(data), size);
  expr::Bindings bindings(placeholders);
  if (auto condition = expr::Condition::Compile(expr::ConditionKind::kCondition, text, bindings)) {
    (void)condition->Matches(item);
    (void)condition->TopLevelNames();
  }
  if (auto update = expr::Update::Compile(text, bindings)) {
    if (auto after = update->Apply(item)) (void)update->Touched(*after);
  }
  if (auto projection = expr::Projection::Compile(text, bindings)) (void)projection->Apply(item);
  (void)expr::KeyCondition::Compile(text, bindings, keys);
  (void)bindings.CheckAllUsed();
  return 0;
}
