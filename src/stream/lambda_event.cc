#include "stream/lambda_event.h"

#include <algorithm>

#include "dynamo/stream_record_codec.h"
#include "dynamo/thread_document.h"
#include "json/writer.h"

namespace cruddur::stream {
namespace {

constexpr std::string_view kFront = R"({"Records":[)", kBack = "]}";
static_assert(kFront.size() + kBack.size() == kPayloadFrameBytes);

// The keys as canonical bytes: attributes are sorted by name, numbers have one form.
uint64_t ItemOf(const model::Item& keys) {
  std::string bytes;
  json::Writer out(bytes);
  model::WriteItem(out, keys);
  return std::hash<std::string_view>()(bytes);
}

// What the report says of one record; negative: nothing that could be understood.
ptrdiff_t PlaceOf(json::Element failure, std::span<const StreamEvent> batch) {
  std::string_view identifier;
  if (failure["itemIdentifier"].get(identifier) != simdjson::SUCCESS) return -1;
  // Whole numbers, rising within a batch: a report may name ten thousand of them.
  const auto less = [](std::string_view a, std::string_view b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  };
  const auto found =
      std::ranges::lower_bound(batch, identifier, less, &StreamEvent::sequence_number);
  const bool there = found != batch.end() && found->sequence_number == identifier;
  return there ? found - batch.begin() : -1;
}

size_t HandledOf(json::Element response, std::span<const StreamEvent> batch) {
  const size_t all = batch.size();
  if (!response.is_object()) return all;
  json::Element failures;
  if (response["batchItemFailures"].get(failures) != simdjson::SUCCESS) return all;
  if (failures.is_null()) return all;
  if (!failures.is_array()) return 0;
  size_t handled = all;
  for (json::Element failure : failures.get_array().value_unsafe()) {
    const ptrdiff_t place = PlaceOf(failure, batch);
    if (place < 0) return 0;
    handled = std::min(handled, static_cast<size_t>(place));
  }
  return handled;
}

}  // namespace

StreamEvent EventOf(const model::StreamRecord& record, std::string_view region,
                    std::string_view stream_arn) {
  StreamEvent event{.sequence_number = record.sequence_number,
                    .created_at = record.created_at,
                    .item = ItemOf(record.keys)};
  json::Writer out(event.json);
  dynamo::WriteStreamRecord(out, record, region, stream_arn);
  return event;
}

std::string PayloadOf(std::span<const StreamEvent> events) {
  size_t size = kPayloadFrameBytes + events.size();
  for (const StreamEvent& event : events) size += event.json.size();
  std::string payload;
  payload.reserve(size);
  payload += kFront;
  for (const StreamEvent& event : events) {
    if (payload.size() > kFront.size()) payload += ',';
    payload += event.json;
  }
  return payload += kBack;
}

base::Result<std::vector<model::StreamRecord>> ReadPayload(std::string_view payload) {
  using Records = base::Result<std::vector<model::StreamRecord>>;
  const auto fail = [](const std::string& why) -> Records {
    return base::Fail(base::ErrorCode::kInvalidArgument,
                      "not an event of a DynamoDB stream: " + why);
  };
  return dynamo::ReadJson(
      payload,
      [&](json::Element body) -> Records {
        dynamo::ResponseReader in(body);
        std::vector<model::StreamRecord> records;
        if (!in.Find("Records")) in.MarkBroken();
        in.ForEach("Records", [&](json::Element each) {
          records.push_back(dynamo::ReadStreamRecord(each, in));
          if (records.back().sequence_number.empty()) in.MarkBroken();
        });
        if (!in.Finish()) return fail("a record without its members");
        return records;
      },
      fail);
}

std::string FailuresOf(std::span<const std::string> sequence_numbers) {
  std::string text;
  json::Writer out(text);
  out.BeginObject().Key("batchItemFailures").BeginArray();
  for (const std::string& number : sequence_numbers) {
    out.BeginObject().Key("itemIdentifier").String(number).EndObject();
  }
  out.EndArray().EndObject();
  return text;
}

size_t HandledOf(std::string_view response, std::span<const StreamEvent> batch) {
  // A function that returns nothing answers with an empty body, or with null.
  if (response.find_first_not_of(" \t\r\n") == std::string_view::npos) return batch.size();
  return dynamo::ReadJson(
      response, [&](json::Element body) { return HandledOf(body, batch); },
      [](const std::string&) { return size_t{0}; });
}

}  // namespace cruddur::stream
