// WriteRequest of the operations on tables: what the client sends.
#include "dynamo/key_schema_codec.h"
#include "dynamo/tables_codec.h"
#include "dynamo/tags_codec.h"

namespace cruddur::dynamo {
namespace {

void WriteThroughput(json::Writer& out, const std::optional<model::Throughput>& value) {
  if (!value) return;
  out.Key("ProvisionedThroughput").BeginObject();
  out.Key("ReadCapacityUnits").Int(value->read_units);
  out.Key("WriteCapacityUnits").Int(value->write_units).EndObject();
}

void WriteUnits(json::Writer& out, std::string_view member, const std::optional<int64_t>& value) {
  if (value) out.Key(member).Int(*value);
}

void WriteSettings(json::Writer& out, const std::optional<model::OnDemandThroughput>& on_demand,
                   const std::optional<model::WantedWarmThroughput>& warm) {
  if (on_demand) {
    out.Key("OnDemandThroughput").BeginObject();
    WriteUnits(out, "MaxReadRequestUnits", on_demand->max_read);
    WriteUnits(out, "MaxWriteRequestUnits", on_demand->max_write);
    out.EndObject();
  }
  if (warm) {
    out.Key("WarmThroughput").BeginObject();
    WriteUnits(out, "ReadUnitsPerSecond", warm->read_units);
    WriteUnits(out, "WriteUnitsPerSecond", warm->write_units);
    out.EndObject();
  }
}

void WriteEncryption(json::Writer& out,
                     const std::optional<model::EncryptionSpecification>& encryption) {
  if (!encryption) return;
  out.Key("SSESpecification").BeginObject().Key("Enabled").Bool(encryption->enabled);
  if (encryption->kms_key_id) {
    out.Key("SSEType").String("KMS").Key("KMSMasterKeyId").String(*encryption->kms_key_id);
  }
  out.EndObject();
}

void WriteIndex(json::Writer& out, const model::IndexDefinition& index) {
  out.BeginObject().Key("IndexName").String(index.name);
  WriteKeySchema(out, index.keys);
  out.Key("Projection").BeginObject();
  out.Key("ProjectionType").String(NameOf(index.projection.type));
  if (!index.projection.non_key_attributes.empty()) {
    out.Key("NonKeyAttributes").BeginArray();
    for (const std::string& name : index.projection.non_key_attributes) out.String(name);
    out.EndArray();
  }
  out.EndObject();
  WriteThroughput(out, index.throughput);
  WriteSettings(out, index.on_demand, index.warm);
  out.EndObject();
}

void WriteIndexes(json::Writer& out, std::string_view key,
                  std::span<const model::IndexDefinition> indexes, bool global) {
  bool any = false;
  for (const model::IndexDefinition& index : indexes) {
    if (index.global != global) continue;
    if (!any) out.Key(key).BeginArray();
    any = true;
    WriteIndex(out, index);
  }
  if (any) out.EndArray();
}

void WriteStream(json::Writer& out, bool enabled, std::optional<model::StreamViewType> view) {
  out.Key("StreamSpecification").BeginObject().Key("StreamEnabled").Bool(enabled);
  if (view) out.Key("StreamViewType").String(NameOf(*view));
  out.EndObject();
}

}  // namespace

void WriteRequest(json::Writer& out, const model::CreateTableRequest& request) {
  out.BeginObject().Key("TableName").String(request.table);
  std::vector<model::KeyAttribute> definitions = request.attribute_definitions;
  AddDefinitions(definitions, request.keys);
  for (const model::IndexDefinition& index : request.indexes) {
    AddDefinitions(definitions, index.keys);
  }
  WriteAttributeDefinitions(out, definitions);
  WriteKeySchema(out, request.keys);
  WriteIndexes(out, "LocalSecondaryIndexes", request.indexes, false);
  WriteIndexes(out, "GlobalSecondaryIndexes", request.indexes, true);
  out.Key("BillingMode").String(NameOf(request.billing));
  WriteThroughput(out, request.throughput);
  WriteSettings(out, request.on_demand, request.warm);
  WriteEncryption(out, request.encryption);
  if (request.stream_view) WriteStream(out, true, request.stream_view);
  if (request.deletion_protection) out.Key("DeletionProtectionEnabled").Bool(true);
  if (request.table_class != model::TableClass::kStandard) {
    out.Key("TableClass").String(NameOf(request.table_class));
  }
  if (request.resource_policy) out.Key("ResourcePolicy").String(*request.resource_policy);
  if (!request.tags.empty()) WriteTags(out, request.tags);
  out.EndObject();
}

void WriteRequest(json::Writer& out, const model::UpdateTableRequest& request) {
  out.BeginObject().Key("TableName").String(request.table);
  std::vector<model::KeyAttribute> definitions = request.attribute_definitions;
  if (request.create_index) AddDefinitions(definitions, request.create_index->keys);
  if (!definitions.empty()) WriteAttributeDefinitions(out, definitions);
  if (request.billing) out.Key("BillingMode").String(NameOf(*request.billing));
  WriteThroughput(out, request.throughput);
  WriteSettings(out, request.on_demand, request.warm);
  WriteEncryption(out, request.encryption);
  if (request.create_index || request.delete_index || !request.update_indexes.empty()) {
    out.Key("GlobalSecondaryIndexUpdates").BeginArray();
    for (const model::IndexUpdate& update : request.update_indexes) {
      out.BeginObject().Key("Update").BeginObject().Key("IndexName").String(update.name);
      WriteThroughput(out, update.throughput);
      WriteSettings(out, update.on_demand, update.warm);
      out.EndObject().EndObject();
    }
    if (request.create_index) {
      out.BeginObject().Key("Create");
      WriteIndex(out, *request.create_index);
      out.EndObject();
    }
    if (request.delete_index) {
      out.BeginObject().Key("Delete").BeginObject();
      out.Key("IndexName").String(*request.delete_index).EndObject().EndObject();
    }
    out.EndArray();
  }
  if (request.stream_enabled || request.stream_view) {
    WriteStream(out, request.stream_enabled.value_or(true), request.stream_view);
  }
  if (request.deletion_protection) {
    out.Key("DeletionProtectionEnabled").Bool(*request.deletion_protection);
  }
  if (request.table_class) out.Key("TableClass").String(NameOf(*request.table_class));
  out.EndObject();
}

void WriteRequest(json::Writer& out, const model::ListTablesRequest& request) {
  out.BeginObject();
  if (!request.exclusive_start_table_name.empty()) {
    out.Key("ExclusiveStartTableName").String(request.exclusive_start_table_name);
  }
  out.Key("Limit").Int(request.limit).EndObject();
}

void WriteRequest(json::Writer& out, const DescribeTableRequest& request) {
  out.BeginObject().Key("TableName").String(request.table).EndObject();
}

void WriteRequest(json::Writer& out, const DeleteTableRequest& request) {
  out.BeginObject().Key("TableName").String(request.table).EndObject();
}

}  // namespace cruddur::dynamo
