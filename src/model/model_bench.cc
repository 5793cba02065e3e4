// Nanoseconds of reading and writing one item of a conversation: seven attributes, about 300 bytes.
#include <benchmark/benchmark.h>

#include "model/dynamo_json.h"
#include "model/stored_item.h"

namespace cruddur::model {
namespace {

Item Message() {
  return {{"pk", "MSG#5ae290ed-55d1-47a0-bc6d-fe2bc2700399"},
          {"sk", "2023-03-24T09:45:01.561513+00:00"},
          {"message_uuid", "2b3c4d5e-6f70-4182-93a4-b5c6d7e8f901"},
          {"message", "I watched it again last night, and the second half holds up well."},
          {"user_uuid", "7d1f0c8a-52f3-4a60-9d3e-0f5b8c6a1e42"},
          {"user_display_name", "Andrew Brown"},
          {"user_handle", "andrewbrown"}};
}

void DecodeStoredItem(benchmark::State& state) {
  std::string bytes;
  EncodeItem(Message(), bytes);
  for (auto _ : state) benchmark::DoNotOptimize(DecodeItem(bytes));
  state.counters["bytes"] = static_cast<double>(bytes.size());
}
BENCHMARK(DecodeStoredItem);

void EncodeStoredItem(benchmark::State& state) {
  Item item = Message();
  std::string bytes;
  for (auto _ : state) {
    bytes.clear();
    EncodeItem(item, bytes);
    benchmark::DoNotOptimize(bytes);
  }
}
BENCHMARK(EncodeStoredItem);

void CopyItem(benchmark::State& state) {
  Item item = Message();
  for (auto _ : state) {
    Item copy = item;
    benchmark::DoNotOptimize(copy);
  }
}
BENCHMARK(CopyItem);

void ReadJsonItem(benchmark::State& state) {
  std::string text;
  json::Writer writer(text);
  WriteItem(writer, Message());
  json::Document document;
  for (auto _ : state) {
    auto root = document.Parse(text);
    benchmark::DoNotOptimize(ReadItem(*root));
  }
  state.counters["bytes"] = static_cast<double>(text.size());
}
BENCHMARK(ReadJsonItem);

void WriteJsonItem(benchmark::State& state) {
  Item item = Message();
  std::string text;
  for (auto _ : state) {
    text.clear();
    json::Writer writer(text);
    WriteItem(writer, item);
    benchmark::DoNotOptimize(text);
  }
}
BENCHMARK(WriteJsonItem);

void MeasureItem(benchmark::State& state) {
  Item item = Message();
  for (auto _ : state) benchmark::DoNotOptimize(SizeInBytes(item));
}
BENCHMARK(MeasureItem);

void ParseNumber(benchmark::State& state) {
  const std::string texts[] = {"1679651101561", "-12.50",
                               "3.1415926535897932384626433832795028841"};
  const std::string& text = texts[state.range(0)];
  for (auto _ : state) benchmark::DoNotOptimize(Number::Parse(text));
}
BENCHMARK(ParseNumber)->DenseRange(0, 2);

void FormatNumber(benchmark::State& state) {
  Number number = Number::Parse("1679651101561").value();
  char text[Number::kMaxTextBytes];
  for (auto _ : state) benchmark::DoNotOptimize(number.Format(text));
}
BENCHMARK(FormatNumber);

void CompareNumbers(benchmark::State& state) {
  Number a = Number::Parse("1679651101561").value(), b = Number::Parse("1679651101.561").value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(a);
    benchmark::DoNotOptimize(a < b);
  }
}
BENCHMARK(CompareNumbers);

}  // namespace
}  // namespace cruddur::model
