// Any text as a PartiQL statement: parsed, compiled, searched for keys, and applied to an item.
#include <cstdint>
#include <string_view>

#include "expr/partiql_columns.h"
#include "expr/partiql_compiler.h"
#include "expr/partiql_keys.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cruddur;
  using model::Number;
  static const model::Item item = {{"a", Number(7)},
                                   {"b", model::Map{{"c", "text"}, {"d", model::List{Number(1)}}}},
                                   {"t", model::StringSet{{"x", "y"}}}};
  static const model::KeySchema keys{{{"a", model::Type::kN}}, {{"s", model::Type::kS}}};
  if (size > expr::kMaxPartiqlBytes) return 0;

  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto statement = expr::ParsePartiql(text);
  if (!statement) return 0;
  std::vector<model::AttributeValue> parameters(statement->parameters, Number(1));
  if (statement->where) {
    if (auto bound = expr::CompilePartiqlCondition(*statement->where, parameters)) {
      (void)expr::FindPartiqlReads(*bound, keys);
      (void)expr::FindPartiqlItemKey(*bound, keys);
      (void)expr::Condition(*std::move(bound)).Matches(item);
    }
  }
  if (auto bound = expr::CompilePartiqlActions(statement->actions, parameters)) {
    const expr::Update update(*std::move(bound));
    if (auto after = update.Apply(item)) (void)update.Touched(*after);
  }
  if (auto columns = expr::PartiqlColumns::Make(statement->columns)) (void)columns->Pick(item);
  (void)expr::PartiqlItem(statement->item, parameters);
  return 0;
}
