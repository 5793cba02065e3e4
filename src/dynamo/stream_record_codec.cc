#include "dynamo/stream_record_codec.h"

#include "dynamo/common_shapes.h"
#include "dynamo/wire_time.h"

namespace cruddur::dynamo {
namespace {

constexpr EnumValue kEventNameValues[] = {NamedValue("INSERT", model::StreamEventName::kInsert),
                                          NamedValue("MODIFY", model::StreamEventName::kModify),
                                          NamedValue("REMOVE", model::StreamEventName::kRemove)};

}  // namespace

void WriteStreamRecord(json::Writer& out, const model::StreamRecord& record,
                       std::string_view region, std::string_view event_source_arn) {
  out.BeginObject().Key("awsRegion").String(region).Key("dynamodb").BeginObject();
  out.Key("ApproximateCreationDateTime");
  WriteWholeSeconds(out, record.created_at);
  out.Key("Keys");
  model::WriteItem(out, record.keys);
  if (record.new_image) {
    out.Key("NewImage");
    model::WriteItem(out, *record.new_image);
  }
  if (record.old_image) {
    out.Key("OldImage");
    model::WriteItem(out, *record.old_image);
  }
  out.Key("SequenceNumber").String(record.sequence_number);
  out.Key("SizeBytes").Int(record.size_bytes);
  out.Key("StreamViewType").String(NameOf(record.view)).EndObject();
  out.Key("eventID").String(record.event_id);
  out.Key("eventName").String(NameIn(kEventNameValues, record.event_name));
  out.Key("eventSource").String("aws:dynamodb").Key("eventVersion").String("1.1");
  const bool for_function = !event_source_arn.empty();
  if (for_function) out.Key("eventSourceARN").String(event_source_arn);
  if (record.by_ttl) {
    out.Key("userIdentity").BeginObject();
    out.Key(for_function ? "principalId" : "PrincipalId").String("dynamodb.amazonaws.com");
    out.Key(for_function ? "type" : "Type").String("Service").EndObject();
  }
  out.EndObject();
}

model::StreamRecord ReadStreamRecord(json::Element element, ResponseReader& outer) {
  ResponseReader in(element);
  model::StreamRecord record;
  record.event_id = in.String("eventID");
  std::string event = in.String("eventName");
  for (const EnumValue& each : kEventNameValues) {
    if (each.name == event) record.event_name = static_cast<model::StreamEventName>(each.value);
  }
  record.by_ttl = in.Find("userIdentity").has_value();
  if (auto inner_element = in.Find("dynamodb")) {
    ResponseReader inner(*inner_element);
    record.created_at = ReadTime(inner, "ApproximateCreationDateTime");
    record.keys = inner.Item("Keys");
    record.new_image = inner.OptionalItem("NewImage");
    record.old_image = inner.OptionalItem("OldImage");
    record.sequence_number = inner.String("SequenceNumber");
    record.size_bytes = inner.Int("SizeBytes");
    FromName(inner.String("StreamViewType"), record.view);
    in.Join(inner);
  } else {
    in.MarkBroken();
  }
  outer.Join(in);
  return record;
}

}  // namespace cruddur::dynamo
