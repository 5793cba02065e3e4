// Any text as a key condition of a simple and of a composite key.
#include "expr/fuzz_fixture.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cruddur;
  using namespace cruddur::expr;
  static const model::KeySchema simple{{{"a", model::Type::kN}}, {}};
  static const model::KeySchema composite{{{"a", model::Type::kN}}, {{"s", model::Type::kS}}};
  for (const model::KeySchema* keys : {&simple, &composite}) {
    Bindings bindings(FuzzPlaceholders());
    (void)KeyCondition::Compile(TextOf(data, size), bindings, *keys);
  }
  return 0;
}
