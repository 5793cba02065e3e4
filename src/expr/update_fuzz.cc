// Any text as an update of an item that is there and of one that isn't.
#include "expr/fuzz_fixture.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cruddur;
  using namespace cruddur::expr;
  Bindings bindings(FuzzPlaceholders());
  const auto update = Update::Compile(TextOf(data, size), bindings);
  if (!update) return 0;
  for (const model::Item& before : {FuzzItem(), model::Item()}) {
    if (const auto after = update->Apply(before)) (void)update->Touched(*after);
  }
  return 0;
}
