// Any text as a projection. It takes nothing that isn't there: applied twice it is as applied once.
#include <cstdlib>

#include "expr/fuzz_fixture.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cruddur;
  using namespace cruddur::expr;
  Bindings bindings(FuzzPlaceholders());
  const auto projection = Projection::Compile(TextOf(data, size), bindings);
  if (!projection) return 0;
  const model::Item part = projection->Apply(FuzzItem());
  for (const auto& attribute : part) {
    if (FuzzItem().Find(attribute.name) == nullptr) std::abort();
  }
  return 0;
}
