// Nanoseconds of compiling and evaluating the expressions that a conversation needs.
#include <benchmark/benchmark.h>

#include "expr/expression.h"
#include "expr/syntax.h"

namespace cruddur::expr {
namespace {

using model::Number;

const model::Placeholders& Values() {
  static const model::Placeholders placeholders{
      {{"#m", "message"}},
      {{":a", "GRP#5ae290ed"}, {":b", "2023-03-24T09:45:01.561513+00:00"}, {":n", Number(1)}}};
  return placeholders;
}

const model::Item& Row() {
  static const model::Item item = {{"pk", "GRP#5ae290ed"},
                                   {"sk", "2023-03-24T09:45:01.561513+00:00"},
                                   {"message", "hello"},
                                   {"count", Number(4)},
                                   {"user_handle", "andrewbrown"},
                                   {"user_uuid", "7d1f0c8a"},
                                   {"user_display_name", "Andrew Brown"}};
  return item;
}

constexpr std::string_view kConditions[] = {
    "attribute_not_exists(pk)", "sk < :b",
    "attribute_exists(pk) AND (#m = :a OR begins_with(user_handle, :a)) AND NOT size(#m) > :n"};

void ParseCondition(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(Parse(Grammar::kCondition, kConditions[state.range(0)]));
  }
}
BENCHMARK(ParseCondition)->DenseRange(0, 2);

void CompileCondition(benchmark::State& state) {
  for (auto _ : state) {
    Bindings bindings(Values());
    benchmark::DoNotOptimize(
        Condition::Compile(ConditionKind::kCondition, kConditions[state.range(0)], bindings));
  }
}
BENCHMARK(CompileCondition)->DenseRange(0, 2);

void EvaluateCondition(benchmark::State& state) {
  Bindings bindings(Values());
  auto condition =
      Condition::Compile(ConditionKind::kCondition, kConditions[state.range(0)], bindings);
  for (auto _ : state) benchmark::DoNotOptimize(condition->Matches(Row()));
}
BENCHMARK(EvaluateCondition)->DenseRange(0, 2);

void CompileKeyCondition(benchmark::State& state) {
  const model::KeySchema keys{{{"pk", model::Type::kS}}, {{"sk", model::Type::kS}}};
  for (auto _ : state) {
    Bindings bindings(Values());
    benchmark::DoNotOptimize(KeyCondition::Compile("pk = :a AND sk < :b", bindings, keys));
  }
}
BENCHMARK(CompileKeyCondition);

void CompileAndApplyUpdate(benchmark::State& state) {
  const model::ExpressionNames names = {{"#c", "count"}};
  for (auto _ : state) {
    Bindings bindings(names, Values().values);
    auto update = Update::Compile("SET #c = #c + :n, user_handle = :a", bindings);
    benchmark::DoNotOptimize(update->Apply(Row()));
  }
}
BENCHMARK(CompileAndApplyUpdate);

void Project(benchmark::State& state) {
  Bindings bindings(Values());
  auto projection = Projection::Compile("pk, sk, #m", bindings);
  for (auto _ : state) benchmark::DoNotOptimize(projection->Apply(Row()));
}
BENCHMARK(Project);

}  // namespace
}  // namespace cruddur::expr
