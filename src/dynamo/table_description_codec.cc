// WriteResponse and ReadResponse of the operations on tables.
#include <algorithm>

#include "dynamo/key_schema_codec.h"
#include "dynamo/response_reader.h"
#include "dynamo/tables_codec.h"
#include "dynamo/wire_time.h"

namespace cruddur::dynamo {
namespace {

using model::TableStatus;

void WriteThroughput(json::Writer& out, const model::Throughput& value,
                     const model::ThroughputChanges& changes) {
  out.Key("ProvisionedThroughput").BeginObject();
  const auto write_time = [&](std::string_view name, base::Micros time) {
    if (time.count() == 0) return;
    out.Key(name);
    WriteTime(out, time);
  };
  write_time("LastDecreaseDateTime", changes.last_decrease);
  write_time("LastIncreaseDateTime", changes.last_increase);
  out.Key("NumberOfDecreasesToday").Int(changes.decreases_today);
  out.Key("ReadCapacityUnits").Int(value.read_units);
  out.Key("WriteCapacityUnits").Int(value.write_units).EndObject();
}

void WriteSettings(json::Writer& out, const model::OnDemandThroughput& on_demand,
                   const model::Throughput& warm, bool warming, TableStatus status) {
  if (on_demand.max_read || on_demand.max_write) {
    out.Key("OnDemandThroughput").BeginObject();
    if (on_demand.max_read) out.Key("MaxReadRequestUnits").Int(*on_demand.max_read);
    if (on_demand.max_write) out.Key("MaxWriteRequestUnits").Int(*on_demand.max_write);
    out.EndObject();
  }
  if (!warming && (status == TableStatus::kCreating || status == TableStatus::kDeleting)) return;
  out.Key("WarmThroughput").BeginObject().Key("ReadUnitsPerSecond").Int(warm.read_units);
  out.Key("WriteUnitsPerSecond").Int(warm.write_units);
  out.Key("Status").String(warming ? "UPDATING" : "ACTIVE").EndObject();
}

void WriteEncryption(json::Writer& out, const std::string& key_arn, bool changing) {
  if (key_arn.empty() && !changing) return;
  out.Key("SSEDescription").BeginObject();
  out.Key("Status").String(changing ? "UPDATING" : "ENABLED");
  if (!key_arn.empty()) {
    out.Key("SSEType").String("KMS").Key("KMSMasterKeyArn").String(key_arn);
  }
  out.EndObject();
}

void WriteBilling(json::Writer& out, const model::TableDescription& table) {
  const bool ever = table.on_demand_since.count() != 0;
  if (!ever && table.billing != model::BillingMode::kPayPerRequest) return;
  out.Key("BillingModeSummary").BeginObject().Key("BillingMode").String(NameOf(table.billing));
  // A table that is being made doesn't say it yet.
  if (ever && table.status != TableStatus::kCreating) {
    out.Key("LastUpdateToPayPerRequestDateTime");
    WriteTime(out, table.on_demand_since);
  }
  out.EndObject();
}

void WriteTableClass(json::Writer& out, const model::TableDescription& table) {
  if (table.table_class == model::TableClass::kStandard &&
      table.table_class_changed_at.count() == 0) {
    return;
  }
  out.Key("TableClassSummary").BeginObject();
  out.Key("TableClass").String(NameOf(table.table_class));
  if (table.table_class_changed_at.count() != 0) {
    out.Key("LastUpdateDateTime");
    WriteTime(out, table.table_class_changed_at);
  }
  out.EndObject();
}

void WriteIndex(json::Writer& out, const model::IndexDescription& index, TableStatus table) {
  out.BeginObject().Key("IndexName").String(index.name);
  WriteKeySchema(out, index.keys);
  out.Key("Projection").BeginObject();
  out.Key("ProjectionType").String(NameOf(index.projection.type));
  if (!index.projection.non_key_attributes.empty()) {
    const auto& given = index.projection.non_key_attributes;
    std::vector<std::string_view> names(given.begin(), given.end());
    std::ranges::sort(names);
    out.Key("NonKeyAttributes").BeginArray();
    for (const std::string_view name : names) out.String(name);
    out.EndArray();
  }
  out.EndObject();
  out.Key("IndexSizeBytes").Int(static_cast<int64_t>(index.size_bytes));
  out.Key("ItemCount").Int(static_cast<int64_t>(index.item_count));
  out.Key("IndexArn").String(index.arn);
  if (index.global) {
    out.Key("IndexStatus").String(NameOf(index.status));
    // Told of an index that a table came to have later, until it is there.
    if (index.status == TableStatus::kCreating && table != TableStatus::kCreating) {
      out.Key("Backfilling").Bool(index.backfilling);
    }
    WriteThroughput(out, index.throughput, index.throughput_changes);
    WriteSettings(out, index.on_demand, index.warm, index.warming, index.status);
  }
  out.EndObject();
}

void WriteIndexes(json::Writer& out, std::string_view key, const model::TableDescription& table,
                  bool global) {
  bool any = false;
  for (const model::IndexDescription& index : table.indexes) {
    if (index.global != global) continue;
    if (!any) out.Key(key).BeginArray();
    any = true;
    WriteIndex(out, index, table.status);
  }
  if (any) out.EndArray();
}

// An unknown name (a status that came after this code was written) keeps the default.
template <class E>
void ReadName(ResponseReader& in, std::string_view member, E& out) {
  FromName(in.String(member), out);
}

model::Throughput ReadThroughput(ResponseReader& outer) {
  auto value = outer.Find("ProvisionedThroughput");
  if (!value) return {};
  ResponseReader in(*value);
  model::Throughput out{in.Int("ReadCapacityUnits"), in.Int("WriteCapacityUnits")};
  outer.Join(in);
  return out;
}

void ReadSettings(ResponseReader& outer, model::OnDemandThroughput& on_demand,
                  model::Throughput& warm) {
  if (auto value = outer.Find("OnDemandThroughput")) {
    ResponseReader in(*value);
    const auto read = [&](std::string_view member, std::optional<int64_t>& limit) {
      if (const int64_t units = in.Int(member); units > 0) limit = units;
    };
    read("MaxReadRequestUnits", on_demand.max_read);
    read("MaxWriteRequestUnits", on_demand.max_write);
    outer.Join(in);
  }
  if (auto value = outer.Find("WarmThroughput")) {
    ResponseReader in(*value);
    warm = {in.Int("ReadUnitsPerSecond"), in.Int("WriteUnitsPerSecond")};
    outer.Join(in);
  }
}

// Keys whose definition is missing (of a table that is going away) are taken for strings.
model::KeySchema ReadKeys(ResponseReader& in, std::span<const model::KeyAttribute> definitions) {
  model::KeySchema keys;
  in.ForEach("KeySchema", [&](json::Element each) {
    ResponseReader inner(each);
    model::KeyAttribute attribute{inner.String("AttributeName")};
    auto at = std::ranges::find(definitions, attribute.name, &model::KeyAttribute::name);
    if (at != definitions.end()) attribute.type = at->type;
    auto& into = inner.String("KeyType") == "RANGE" ? keys.sort : keys.partition;
    into.push_back(std::move(attribute));
    in.Join(inner);
  });
  return keys;
}

model::IndexDescription ReadIndex(json::Element element, bool global,
                                  std::span<const model::KeyAttribute> definitions,
                                  ResponseReader& outer) {
  ResponseReader in(element);
  model::IndexDescription index;
  index.name = in.String("IndexName");
  index.global = global;
  index.keys = ReadKeys(in, definitions);
  if (auto projection = in.Find("Projection")) {
    ResponseReader inner(*projection);
    ReadName(inner, "ProjectionType", index.projection.type);
    inner.ForEach("NonKeyAttributes", [&](json::Element each) {
      if (!each.is_string()) return inner.MarkBroken();
      index.projection.non_key_attributes.emplace_back(each.get_string().value_unsafe());
    });
    in.Join(inner);
  }
  index.throughput = ReadThroughput(in);
  ReadSettings(in, index.on_demand, index.warm);
  ReadName(in, "IndexStatus", index.status);
  index.backfilling = in.Bool("Backfilling");
  index.item_count = static_cast<uint64_t>(in.Int("ItemCount"));
  index.size_bytes = static_cast<uint64_t>(in.Int("IndexSizeBytes"));
  index.arn = in.String("IndexArn");
  outer.Join(in);
  return index;
}

}  // namespace

void WriteResponse(json::Writer& out, const model::TableDescription& table, std::string_view name) {
  out.BeginObject().Key(name).BeginObject();
  // A table that is going away has no keys, no indexes and no birthday any more.
  if (table.status != TableStatus::kDeleting) {
    std::vector<model::KeyAttribute> definitions;
    AddDefinitions(definitions, table.keys);
    for (const auto& index : table.indexes) AddDefinitions(definitions, index.keys);
    std::ranges::sort(definitions, {}, &model::KeyAttribute::name);
    WriteAttributeDefinitions(out, definitions);
    WriteKeySchema(out, table.keys);
    out.Key("CreationDateTime");
    WriteTime(out, table.created_at);
  }
  out.Key("TableName").String(table.name);
  out.Key("TableStatus").String(NameOf(table.status));
  WriteThroughput(out, table.throughput, table.throughput_changes);
  WriteBilling(out, table);
  out.Key("TableSizeBytes").Int(static_cast<int64_t>(table.size_bytes));
  out.Key("ItemCount").Int(static_cast<int64_t>(table.item_count));
  out.Key("TableArn").String(table.arn);
  out.Key("TableId").String(table.id);
  if (table.status != TableStatus::kDeleting) {
    WriteIndexes(out, "LocalSecondaryIndexes", table, false);
    WriteIndexes(out, "GlobalSecondaryIndexes", table, true);
  }
  if (table.stream_view) {
    out.Key("StreamSpecification").BeginObject().Key("StreamEnabled").Bool(true);
    out.Key("StreamViewType").String(NameOf(*table.stream_view)).EndObject();
  }
  if (!table.stream_label.empty()) {
    out.Key("LatestStreamLabel").String(table.stream_label);
    out.Key("LatestStreamArn").String(table.stream_arn);
  }
  WriteEncryption(out, table.kms_key_arn, table.encryption_changing);
  WriteTableClass(out, table);
  out.Key("DeletionProtectionEnabled").Bool(table.deletion_protection);
  WriteSettings(out, table.on_demand, table.warm, table.warming, table.status);
  out.EndObject().EndObject();
}

void WriteResponse(json::Writer& out, const model::ListTablesResponse& response) {
  out.BeginObject().Key("TableNames").BeginArray();
  for (const std::string& name : response.table_names) out.String(name);
  out.EndArray();
  if (!response.last_evaluated_table_name.empty()) {
    out.Key("LastEvaluatedTableName").String(response.last_evaluated_table_name);
  }
  out.EndObject();
}

model::DbStatus ReadResponse(json::Element body, model::TableDescription& out) {
  ResponseReader outer(body);
  auto table = outer.Find("Table");
  if (!table) table = outer.Find("TableDescription");
  if (!table) {
    outer.MarkBroken();
    return outer.Finish();
  }
  ResponseReader in(*table);
  out.name = in.String("TableName");
  out.arn = in.String("TableArn");
  out.id = in.String("TableId");
  ReadName(in, "TableStatus", out.status);
  auto list = in.Find("AttributeDefinitions");
  std::vector<model::KeyAttribute> definitions = ReadAttributeDefinitions(list ? &*list : nullptr);
  out.keys = ReadKeys(in, definitions);
  in.ForEach("LocalSecondaryIndexes", [&](json::Element each) {
    out.indexes.push_back(ReadIndex(each, false, definitions, in));
  });
  in.ForEach("GlobalSecondaryIndexes", [&](json::Element each) {
    out.indexes.push_back(ReadIndex(each, true, definitions, in));
  });
  if (auto summary = in.Find("BillingModeSummary")) {
    ResponseReader inner(*summary);
    ReadName(inner, "BillingMode", out.billing);
    out.on_demand_since = ReadTime(inner, "LastUpdateToPayPerRequestDateTime");
    in.Join(inner);
  }
  out.throughput = ReadThroughput(in);
  ReadSettings(in, out.on_demand, out.warm);
  if (auto encryption = in.Find("SSEDescription")) {
    ResponseReader inner(*encryption);
    out.kms_key_arn = inner.String("KMSMasterKeyArn");
    in.Join(inner);
  }
  if (auto stream = in.Find("StreamSpecification")) {
    ResponseReader inner(*stream);
    model::StreamViewType view;
    if (inner.Bool("StreamEnabled") && FromName(inner.String("StreamViewType"), view)) {
      out.stream_view = view;
    }
    in.Join(inner);
  }
  out.stream_label = in.String("LatestStreamLabel");
  out.stream_arn = in.String("LatestStreamArn");
  out.deletion_protection = in.Bool("DeletionProtectionEnabled");
  if (auto summary = in.Find("TableClassSummary")) {
    ResponseReader inner(*summary);
    ReadName(inner, "TableClass", out.table_class);
    out.table_class_changed_at = ReadTime(inner, "LastUpdateDateTime");
    in.Join(inner);
  }
  out.created_at = ReadTime(in, "CreationDateTime");
  out.item_count = static_cast<uint64_t>(in.Int("ItemCount"));
  out.size_bytes = static_cast<uint64_t>(in.Int("TableSizeBytes"));
  return in.Finish();
}

model::DbStatus ReadResponse(json::Element body, model::ListTablesResponse& out) {
  ResponseReader in(body);
  in.ForEach("TableNames", [&](json::Element each) {
    if (!each.is_string()) return in.MarkBroken();
    out.table_names.emplace_back(each.get_string().value_unsafe());
  });
  out.last_evaluated_table_name = in.String("LastEvaluatedTableName");
  return in.Finish();
}

}  // namespace cruddur::dynamo
