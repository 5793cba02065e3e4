// What a request's JSON costs on its way in, and an answer's on its way out.
#include <benchmark/benchmark.h>
#include <zlib.h>

#include "base/random.h"
#include "dynamo/items_codec.h"
#include "dynamo/pages_codec.h"
#include "dynamo/thread_document.h"
#include "model/dynamo_json.h"

namespace cruddur::dynamo {
namespace {

// A message as Cruddur stores it; about 300 bytes as an item, 500 as JSON.
model::Item Message(int i) {
  return {{"pk", "MSG#5ae290ed-55d1-47a0-bc6d-fe2bc2700399"},
          {"sk", "2023-03-24T09:45:01.56" + std::to_string(1000 + i) + "+00:00"},
          {"message_uuid", base::NewUuid()},
          {"message", std::string(100, 'm')},
          {"user_uuid", base::NewUuid()},
          {"user_display_name", "Andrew Brown"},
          {"user_handle", "andrewbrown"}};
}

void ReadPutItem(benchmark::State& state) {
  model::PutItemRequest request{.table = "cruddur-messages", .item = Message(1)};
  request.condition_expression = "attribute_not_exists(pk)";
  std::string body;
  json::Writer writer(body);
  WriteRequest(writer, request);
  for (auto _ : state) {
    model::PutItemRequest read;
    auto status = ReadJson(
        body, [&](json::Element element) { return ReadRequest(element, read); },
        [](const std::string&) -> model::DbStatus { return model::Invalid(""); });
    benchmark::DoNotOptimize(status);
    benchmark::DoNotOptimize(read);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * body.size()));
}
BENCHMARK(ReadPutItem);

// What of that is the parse and the item, which no codec can spare.
void ReadItemAlone(benchmark::State& state) {
  std::string body;
  json::Writer writer(body);
  model::WriteItem(writer, Message(1));
  for (auto _ : state) {
    auto item = ReadJson(
        body, [&](json::Element element) { return model::ReadItem(element); },
        [](const std::string&) -> model::DbResult<model::Item> { return model::Invalid(""); });
    benchmark::DoNotOptimize(item);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * body.size()));
}
BENCHMARK(ReadItemAlone);

void ReadQuery(benchmark::State& state) {
  model::QueryRequest request{.table = "cruddur-messages"};
  request.key_condition_expression = "pk = :pk AND sk < :before";
  request.placeholders.values = {{":pk", "MSG#5ae290ed-55d1-47a0-bc6d-fe2bc2700399"},
                                 {":before", "2023-03-24T09:45:01.561513+00:00"}};
  request.limit = 20;
  request.scan_index_forward = false;
  std::string body;
  json::Writer writer(body);
  WriteRequest(writer, request);
  for (auto _ : state) {
    model::QueryRequest read;
    auto status = ReadJson(
        body, [&](json::Element element) { return ReadRequest(element, read); },
        [](const std::string&) -> model::DbStatus { return model::Invalid(""); });
    benchmark::DoNotOptimize(status);
    benchmark::DoNotOptimize(read);
  }
}
BENCHMARK(ReadQuery);

void WritePageOf20(benchmark::State& state) {
  model::PageResponse page;
  for (int i = 0; i < 20; ++i) page.items.push_back(Message(i));
  page.count = page.scanned_count = 20;
  std::string body;
  for (auto _ : state) {
    body.clear();
    json::Writer writer(body);
    WriteResponse(writer, page, model::Select::kDefault);
    benchmark::DoNotOptimize(body.data());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * body.size()));
}
BENCHMARK(WritePageOf20);

void SumOf10Kilobytes(benchmark::State& state) {
  const std::string body(10'000, 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size()));
  }
}
BENCHMARK(SumOf10Kilobytes);

}  // namespace
}  // namespace cruddur::dynamo
