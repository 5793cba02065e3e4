#include "dynamo/capacity_codec.h"

#include <fmt/format.h>

#include "dynamo/common_shapes.h"

namespace cruddur::dynamo {
namespace {

// With a fraction always, as AWS writes doubles: some clients tell 1 from 1.0.
void WriteDouble(json::Writer& out, double value) {
  fmt::memory_buffer text;
  fmt::format_to(std::back_inserter(text), "{:.1f}", value);
  out.Raw({text.data(), text.size()});
}

void WriteUnits(json::Writer& out, const model::CapacityUnits& units, bool transactional) {
  out.Key("CapacityUnits");
  WriteDouble(out, units.total());
  if (!transactional) return;
  if (units.read > 0) {
    out.Key("ReadCapacityUnits");
    WriteDouble(out, units.read);
  }
  if (units.write > 0) {
    out.Key("WriteCapacityUnits");
    WriteDouble(out, units.write);
  }
}

void WriteIndexUnits(json::Writer& out, std::string_view key,
                     const std::map<std::string, model::CapacityUnits>& indexes,
                     bool transactional) {
  if (indexes.empty()) return;
  out.Key(key).BeginObject();
  for (const auto& [name, units] : indexes) {
    out.EscapedKey(name).BeginObject();
    WriteUnits(out, units, transactional);
    out.EndObject();
  }
  out.EndObject();
}

// An answer says whether units were read or written only of transactions: else all count as read.
model::CapacityUnits ReadUnits(ResponseReader& in) {
  model::CapacityUnits units{in.Double("ReadCapacityUnits"), in.Double("WriteCapacityUnits")};
  if (units.total() == 0) units.read = in.Double("CapacityUnits");
  return units;
}

model::ConsumedCapacity ReadOne(ResponseReader& outer, json::Element element) {
  ResponseReader in(element);
  model::ConsumedCapacity value;
  value.table_name = in.String("TableName");
  value.transactional = in.Find("ReadCapacityUnits") || in.Find("WriteCapacityUnits");
  value.units = ReadUnits(in);
  if (auto table = in.Find("Table")) {
    ResponseReader inner(*table);
    value.table = ReadUnits(inner);
    in.Join(inner);
  }
  auto read_indexes = [&](std::string_view key, std::map<std::string, model::CapacityUnits>& into) {
    in.ForEachPair(key, [&](std::string_view name, json::Element each) {
      ResponseReader inner(each);
      into.emplace(name, ReadUnits(inner));
      in.Join(inner);
    });
  };
  read_indexes("LocalSecondaryIndexes", value.local_indexes);
  read_indexes("GlobalSecondaryIndexes", value.global_indexes);
  outer.Join(in);
  return value;
}

void WriteOne(json::Writer& out, const model::ItemCollectionMetrics& value) {
  out.BeginObject().Key("ItemCollectionKey");
  model::WriteItem(out, value.key);
  out.Key("SizeEstimateRangeGB").BeginArray();
  WriteDouble(out, value.lower_gb);
  WriteDouble(out, value.upper_gb);
  out.EndArray().EndObject();
}

model::ItemCollectionMetrics ReadMetrics(ResponseReader& outer, json::Element element) {
  ResponseReader in(element);
  model::ItemCollectionMetrics value;
  value.key = in.Item("ItemCollectionKey");
  int position = 0;
  in.ForEach("SizeEstimateRangeGB", [&](json::Element each) {
    double bound = 0;
    if (each.get_double().get(bound)) in.MarkBroken();
    (position++ == 0 ? value.lower_gb : value.upper_gb) = bound;
  });
  outer.Join(in);
  return value;
}

}  // namespace

void WriteReturnConsumedCapacity(json::Writer& out, model::ReturnConsumedCapacity value) {
  if (value == model::ReturnConsumedCapacity::kNone) return;
  out.Key("ReturnConsumedCapacity").String(NameIn(kReturnConsumedCapacityValues, value));
}

void WriteReturnItemCollectionMetrics(json::Writer& out, model::ReturnItemCollectionMetrics value) {
  if (value == model::ReturnItemCollectionMetrics::kNone) return;
  out.Key("ReturnItemCollectionMetrics").String("SIZE");
}

void WriteCapacity(json::Writer& out, const model::ConsumedCapacity& value) {
  out.BeginObject().Key("TableName").String(value.table_name);
  WriteUnits(out, value.units, value.transactional);
  if (value.table) {
    out.Key("Table").BeginObject();
    WriteUnits(out, *value.table, value.transactional);
    out.EndObject();
  }
  WriteIndexUnits(out, "LocalSecondaryIndexes", value.local_indexes, value.transactional);
  WriteIndexUnits(out, "GlobalSecondaryIndexes", value.global_indexes, value.transactional);
  out.EndObject();
}

void WriteConsumedCapacity(json::Writer& out, const std::optional<model::ConsumedCapacity>& value) {
  if (!value) return;
  out.Key("ConsumedCapacity");
  WriteCapacity(out, *value);
}

void WriteConsumedCapacity(json::Writer& out, const std::vector<model::ConsumedCapacity>& values) {
  if (values.empty()) return;
  out.Key("ConsumedCapacity").BeginArray();
  for (const auto& each : values) WriteCapacity(out, each);
  out.EndArray();
}

std::optional<model::ConsumedCapacity> ReadConsumedCapacity(ResponseReader& in) {
  auto value = in.Find("ConsumedCapacity");
  if (!value) return std::nullopt;
  return ReadOne(in, *value);
}

std::vector<model::ConsumedCapacity> ReadConsumedCapacities(ResponseReader& in) {
  std::vector<model::ConsumedCapacity> values;
  in.ForEach("ConsumedCapacity", [&](json::Element each) { values.push_back(ReadOne(in, each)); });
  return values;
}

void WriteItemCollectionMetrics(json::Writer& out,
                                const std::optional<model::ItemCollectionMetrics>& value) {
  if (!value) return;
  out.Key("ItemCollectionMetrics");
  WriteOne(out, *value);
}

void WriteItemCollectionMetrics(json::Writer& out, const TableMetrics& tables) {
  if (tables.empty()) return;
  out.Key("ItemCollectionMetrics").BeginObject();
  for (const auto& [table, metrics] : tables) {
    out.EscapedKey(table).BeginArray();
    for (const auto& each : metrics) WriteOne(out, each);
    out.EndArray();
  }
  out.EndObject();
}

std::optional<model::ItemCollectionMetrics> ReadItemCollectionMetrics(ResponseReader& in) {
  auto value = in.Find("ItemCollectionMetrics");
  if (!value) return std::nullopt;
  return ReadMetrics(in, *value);
}

TableMetrics ReadTableMetrics(ResponseReader& in) {
  TableMetrics tables;
  in.ForEachPair("ItemCollectionMetrics", [&](std::string_view table, json::Element list) {
    auto& metrics = tables.emplace_back(table, std::vector<model::ItemCollectionMetrics>()).second;
    if (!list.is_array()) return in.MarkBroken();
    for (json::Element each : list.get_array().value_unsafe()) {
      metrics.push_back(ReadMetrics(in, each));
    }
  });
  return tables;
}

}  // namespace cruddur::dynamo
