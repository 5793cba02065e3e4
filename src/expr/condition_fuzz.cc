// Any text as a condition. What compiles gives the same answer when it is compiled again.
#include <cstdlib>

#include "expr/fuzz_fixture.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cruddur::expr;
  Bindings bindings(FuzzPlaceholders());
  const auto compile = [&](ConditionKind kind) {
    return Condition::Compile(kind, TextOf(data, size), bindings);
  };
  (void)compile(ConditionKind::kFilter);
  const auto condition = compile(ConditionKind::kCondition);
  if (!condition) return 0;
  (void)condition->TopLevelNames();
  (void)condition->Matches({});
  if (condition->Matches(FuzzItem()) != compile(ConditionKind::kCondition)->Matches(FuzzItem())) {
    std::abort();
  }
  (void)bindings.CheckAllUsed();
  return 0;
}
