#include "dynamo/tables_codec.h"

#include <fmt/format.h>

#include "dynamo/expression_parameters.h"
#include "dynamo/key_schema_codec.h"
#include "dynamo/table_name.h"
#include "dynamo/table_shapes.h"
#include "dynamo/tags_codec.h"

namespace cruddur::dynamo {
namespace {

constexpr size_t kMaxGlobalIndexes = 20, kMaxLocalIndexes = 5;
constexpr std::string_view kInvalidParameter = "One or more parameter values were invalid: ";

void FailParameter(RequestIssues& issues, std::string_view text) {
  issues.FailRule(CheckStage::kRules, fmt::format("{}{}", kInvalidParameter, text));
}

std::optional<model::Throughput> ReadThroughput(const json::Element* value) {
  if (value == nullptr || !value->is_object()) return std::nullopt;
  Fields<kThroughput> fields(*value);
  return model::Throughput{fields.Int("ReadCapacityUnits").value_or(0),
                           fields.Int("WriteCapacityUnits").value_or(0)};
}

std::optional<model::OnDemandThroughput> ReadOnDemand(const json::Element* value) {
  if (value == nullptr || !value->is_object()) return std::nullopt;
  Fields<kOnDemand> fields(*value);
  return model::OnDemandThroughput{fields.Int("MaxReadRequestUnits"),
                                   fields.Int("MaxWriteRequestUnits")};
}

std::optional<model::WantedWarmThroughput> ReadWarm(const json::Element* value) {
  if (value == nullptr || !value->is_object()) return std::nullopt;
  Fields<kWarm> fields(*value);
  return model::WantedWarmThroughput{fields.Int("ReadUnitsPerSecond"),
                                     fields.Int("WriteUnitsPerSecond")};
}

model::IndexProjection ReadProjection(const json::Element* value, RequestIssues& issues) {
  model::IndexProjection out;
  if (value == nullptr || !value->is_object()) return out;
  Fields<kProjection> fields(*value);
  auto type = fields.OptionalEnum<model::ProjectionType>("ProjectionType");
  if (!type) FailParameter(issues, "Unknown ProjectionType: null");
  out.type = type.value_or(model::ProjectionType::kAll);
  out.non_key_attributes = fields.Strings("NonKeyAttributes");
  return out;
}

template <const Shape& S>
model::IndexDefinition ReadIndex(json::Element value, SchemaOf owner,
                                 std::span<const model::KeyAttribute> definitions,
                                 RequestIssues& issues) {
  Fields<S> fields(value);
  model::IndexDefinition index;
  index.name = fields.String("IndexName");
  index.global = owner == SchemaOf::kGlobalIndex;
  index.keys = ReadKeySchema(fields.At("KeySchema"), owner, definitions, issues);
  index.projection = ReadProjection(fields.At("Projection"), issues);
  if constexpr (&S != &kLocalIndex) {
    index.throughput = ReadThroughput(fields.At("ProvisionedThroughput"));
    index.on_demand = ReadOnDemand(fields.At("OnDemandThroughput"));
    index.warm = ReadWarm(fields.At("WarmThroughput"));
  }
  return index;
}

void CheckEncryption(const Fields<kEncryption>& fields, bool enabled, RequestIssues& issues) {
  const auto type = fields.OptionalEnum<EncryptionType>("SSEType");
  const bool key = fields.Has("KMSMasterKeyId");
  if (!enabled && type) {
    FailParameter(issues, "SSEType can not be specified if Enabled is false");
  } else if (!enabled && key) {
    FailParameter(issues, "KMSMasterKeyId can not be specified if Enabled is false");
  } else if (type == EncryptionType::kAes256) {
    FailParameter(issues, "SSEType AES256 is not supported");
  } else if (key && !type) {
    FailParameter(issues, "SSEType KMS is required if KMSMasterKeyId is specified");
  }
}

std::optional<model::EncryptionSpecification> ReadEncryption(const json::Element* value,
                                                             RequestIssues& issues) {
  if (value == nullptr || !value->is_object()) return std::nullopt;
  Fields<kEncryption> fields(*value);
  // Who names a type wants it, unless he says otherwise.
  const bool enabled = fields.Has("Enabled") ? fields.Bool("Enabled") : fields.Has("SSEType");
  CheckEncryption(fields, enabled, issues);
  return model::EncryptionSpecification{enabled, fields.OptionalString("KMSMasterKeyId")};
}

void CheckBilling(const model::CreateTableRequest& request, RequestIssues& issues) {
  if (request.billing == model::BillingMode::kPayPerRequest) {
    if (!request.throughput) return;
    FailParameter(issues,
                  "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                  "BillingMode is PAY_PER_REQUEST");
  } else if (!request.throughput) {
    FailParameter(issues,
                  "ReadCapacityUnits and WriteCapacityUnits must both be specified when "
                  "BillingMode is PROVISIONED");
  }
}

void ReadStream(const json::Element* value, model::CreateTableRequest& out, RequestIssues& issues) {
  if (value == nullptr || !value->is_object()) return;
  Fields<kStreamSpecification> fields(*value);
  auto view = fields.OptionalEnum<model::StreamViewType>("StreamViewType");
  if (fields.Bool("StreamEnabled")) {
    if (!view)
      FailParameter(issues,
                    "Table is being created with a stream enabled, UpdateViewType is required");
    out.stream_view = view;
  } else if (view) {
    FailParameter(
        issues,
        "Table is being created with a stream disabled, UpdateViewType should not be specified");
  }
}

void ReadIndexUpdate(json::Element value, model::UpdateTableRequest& out, RequestIssues& issues) {
  if (!value.is_object()) return;
  Fields<kIndexUpdate> fields(value);
  const json::Element* update = fields.At("Update");
  const json::Element* create = fields.At("Create");
  const json::Element* remove = fields.At("Delete");
  if (!update && !create && !remove) {
    FailParameter(issues,
                  "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                  "GlobalSecondaryIndexUpdate.Delete must not be null");
    return;
  }
  if (!!update + !!create + !!remove > 1) {
    FailParameter(
        issues,
        "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate "
        "object");
    return;
  }
  if (remove && out.delete_index == Fields<kDeleteIndex>(*remove).String("IndexName")) {
    FailParameter(issues, fmt::format("Only one global secondary index update per index is allowed "
                                      "simultaneously. Index: {}",
                                      *out.delete_index));
    return;
  }
  if ((create && out.create_index) || (remove && out.delete_index)) {
    issues.Fail(CheckStage::kRules,
                {model::DbErrorCode::kLimitExceeded,
                 "Subscriber limit exceeded: Only 1 online index can be created or deleted "
                 "simultaneously per table",
                 nullptr});
    return;
  }
  if (update) {
    Fields<kUpdateIndex> inner(*update);
    out.update_indexes.push_back(
        {inner.String("IndexName"), ReadThroughput(inner.At("ProvisionedThroughput")),
         ReadOnDemand(inner.At("OnDemandThroughput")), ReadWarm(inner.At("WarmThroughput"))});
  }
  if (create) {
    if (out.attribute_definitions.empty()) {
      FailParameter(issues, fmt::format("AttributeDefinitions is not specified for index: {}",
                                        Fields<kCreateIndex>(*create).String("IndexName")));
      return;
    }
    out.create_index =
        ReadIndex<kCreateIndex>(*create, SchemaOf::kGlobalIndex, out.attribute_definitions, issues);
  }
  if (remove) out.delete_index = Fields<kDeleteIndex>(*remove).String("IndexName");
}

template <const Shape& S>
model::DbStatus ReadNamedTable(json::Element body, std::string& out) {
  return ReadBody<S>(body, [&](const Fields<S>& fields, RequestIssues& issues) {
    out = ReadTableName(fields.At("TableName"), issues);
  });
}

}  // namespace

model::DbStatus ReadRequest(json::Element body, model::CreateTableRequest& out) {
  return ReadBody<kCreateTable>(body, [&](const Fields<kCreateTable>& fields,
                                          RequestIssues& issues) {
    out.table = ReadTableName(fields.At("TableName"), issues);
    out.billing = fields.Enum<model::BillingMode>("BillingMode", model::BillingMode::kProvisioned);
    out.throughput = ReadThroughput(fields.At("ProvisionedThroughput"));
    CheckBilling(out, issues);
    out.attribute_definitions = ReadAttributeDefinitions(fields.At("AttributeDefinitions"));
    out.keys =
        ReadKeySchema(fields.At("KeySchema"), SchemaOf::kTable, out.attribute_definitions, issues);
    for (bool global : {false, true}) {
      const json::Element* list =
          global ? fields.At("GlobalSecondaryIndexes") : fields.At("LocalSecondaryIndexes");
      if (!list || !list->is_array()) continue;
      json::Array indexes = list->get_array().value_unsafe();
      if (indexes.size() == 0) {
        FailParameter(issues, fmt::format("List of {}SecondaryIndexes is empty",
                                          global ? "Global" : "Local"));
      }
      size_t left = (global ? kMaxGlobalIndexes : kMaxLocalIndexes) + 1;
      for (json::Element each : indexes) {
        if (!each.is_object()) continue;
        if (left-- == 0) break;  // enough for the engine to see that there are too many
        out.indexes.push_back(global ? ReadIndex<kGlobalIndex>(each, SchemaOf::kGlobalIndex,
                                                               out.attribute_definitions, issues)
                                     : ReadIndex<kLocalIndex>(each, SchemaOf::kLocalIndex,
                                                              out.attribute_definitions, issues));
      }
    }
    ReadStream(fields.At("StreamSpecification"), out, issues);
    out.encryption = ReadEncryption(fields.At("SSESpecification"), issues);
    out.on_demand = ReadOnDemand(fields.At("OnDemandThroughput"));
    out.warm = ReadWarm(fields.At("WarmThroughput"));
    out.resource_policy = fields.OptionalString("ResourcePolicy");
    out.deletion_protection = fields.Bool("DeletionProtectionEnabled");
    out.table_class = fields.Enum<model::TableClass>("TableClass", model::TableClass::kStandard);
    out.tags = ReadTags(fields.At("Tags"), issues);
  });
}

model::DbStatus ReadRequest(json::Element body, model::UpdateTableRequest& out) {
  return ReadBody<kUpdateTable>(body, [&](const Fields<kUpdateTable>& fields,
                                          RequestIssues& issues) {
    out.table = ReadTableName(fields.At("TableName"), issues);
    out.attribute_definitions = ReadAttributeDefinitions(fields.At("AttributeDefinitions"));
    out.billing = fields.OptionalEnum<model::BillingMode>("BillingMode");
    out.throughput = ReadThroughput(fields.At("ProvisionedThroughput"));
    out.empty_index_updates = fields.Has("GlobalSecondaryIndexUpdates");
    fields.ForEach("GlobalSecondaryIndexUpdates", [&](json::Element each) {
      out.empty_index_updates = false;
      ReadIndexUpdate(each, out, issues);
    });
    if (const json::Element* stream = fields.At("StreamSpecification")) {
      if (stream->is_object()) {
        Fields<kStreamSpecification> inner(*stream);
        out.stream_enabled = inner.Bool("StreamEnabled");
        out.stream_view = inner.OptionalEnum<model::StreamViewType>("StreamViewType");
      }
    }
    out.encryption = ReadEncryption(fields.At("SSESpecification"), issues);
    out.on_demand = ReadOnDemand(fields.At("OnDemandThroughput"));
    out.warm = ReadWarm(fields.At("WarmThroughput"));
    for (const auto& [given, name] :
         {std::pair(fields.Has("ReplicaUpdates"), "ReplicaUpdates"),
          std::pair(fields.Has("GlobalTableWitnessUpdates"), "GlobalTableWitnessUpdates"),
          std::pair(fields.Has("MultiRegionConsistency"), "MultiRegionConsistency")}) {
      if (!given) continue;
      FailParameter(issues, fmt::format("{} is not supported: tables have no replicas here", name));
    }
    if (fields.Has("DeletionProtectionEnabled")) {
      out.deletion_protection = fields.Bool("DeletionProtectionEnabled");
    }
    out.table_class = fields.OptionalEnum<model::TableClass>("TableClass");
  });
}

model::DbStatus ReadRequest(json::Element body, model::ListTablesRequest& out) {
  return ReadBody<kListTables>(body, [&](const Fields<kListTables>& fields, RequestIssues&) {
    out.exclusive_start_table_name = fields.String("ExclusiveStartTableName");
    out.limit = fields.Int("Limit").value_or(out.limit);
  });
}

model::DbStatus ReadRequest(json::Element body, DescribeTableRequest& out) {
  return ReadNamedTable<kNamedTable>(body, out.table);
}

model::DbStatus ReadRequest(json::Element body, DeleteTableRequest& out) {
  return ReadNamedTable<kNamedTable>(body, out.table);
}

}  // namespace cruddur::dynamo
