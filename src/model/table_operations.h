// Requests and responses of the control plane and of DynamoDB Streams. See operations.h.
#pragma once

#include "model/operations.h"

namespace cruddur::model {

// What is wanted of a WarmThroughput: a member that isn't given stays.
struct WantedWarmThroughput {
  std::optional<int64_t> read_units, write_units;
};
// Encryption with a key of KMS, or (not enabled) with the service's own. Local data isn't
// encrypted: the setting is kept and described.
struct EncryptionSpecification {
  bool enabled = false;
  std::optional<std::string> kms_key_id;  // none: the account's default key
};

struct IndexDefinition {
  std::string name;
  bool global = false;
  KeySchema keys;
  IndexProjection projection;
  std::optional<Throughput> throughput;
  std::optional<OnDemandThroughput> on_demand;
  std::optional<WantedWarmThroughput> warm;
};
struct IndexUpdate {
  std::string name;
  std::optional<Throughput> throughput;
  std::optional<OnDemandThroughput> on_demand;  // -1: no limit any more
  std::optional<WantedWarmThroughput> warm;
};
struct CreateTableRequest {
  std::string table;
  KeySchema keys;
  // Every attribute that was defined: those which no key uses are an error.
  std::vector<KeyAttribute> attribute_definitions;
  std::vector<IndexDefinition> indexes;
  BillingMode billing = BillingMode::kProvisioned;
  std::optional<Throughput> throughput;
  std::optional<OnDemandThroughput> on_demand;
  std::optional<WantedWarmThroughput> warm;
  std::optional<EncryptionSpecification> encryption;
  std::optional<StreamViewType> stream_view;
  bool deletion_protection = false;
  TableClass table_class = TableClass::kStandard;
  std::vector<Tag> tags;
  std::optional<std::string> resource_policy;
};

struct UpdateTableRequest {
  std::string table;
  std::vector<KeyAttribute> attribute_definitions;
  std::optional<BillingMode> billing;
  std::optional<Throughput> throughput;
  std::optional<OnDemandThroughput> on_demand;  // -1: no limit any more
  std::optional<WantedWarmThroughput> warm;
  std::optional<EncryptionSpecification> encryption;
  std::optional<IndexDefinition> create_index;
  std::optional<std::string> delete_index;
  std::vector<IndexUpdate> update_indexes;
  bool empty_index_updates = false;  // a list of index updates was given that has none
  std::optional<bool> stream_enabled;
  std::optional<StreamViewType> stream_view;
  std::optional<bool> deletion_protection;
  std::optional<TableClass> table_class;
};

struct ListTablesRequest {
  std::string exclusive_start_table_name;
  int64_t limit = 100;
};
struct ListTablesResponse {
  std::vector<std::string> table_names;
  std::string last_evaluated_table_name;  // empty: nothing is left
};

struct TimeToLiveSpecification {
  std::string attribute;
  bool enabled = false;
};
struct UpdateTimeToLiveRequest {
  std::string table;
  TimeToLiveSpecification specification;
};
enum class TimeToLiveStatus { kEnabling, kDisabling, kEnabled, kDisabled };
struct TimeToLiveDescription {
  TimeToLiveStatus status = TimeToLiveStatus::kDisabled;
  std::string attribute;  // empty when disabled
};

enum class StreamEventName { kInsert, kModify, kRemove };
struct StreamRecord {
  std::string event_id;  // 32 hex digits
  StreamEventName event_name = StreamEventName::kInsert;
  base::Micros created_at{0};
  Item keys;
  std::optional<Item> new_image, old_image;
  std::string sequence_number;  // 21 digits, rising within the table
  int64_t size_bytes = 0;
  StreamViewType view = StreamViewType::kKeysOnly;
  bool by_ttl = false;  // then userIdentity says that the service did it
};

struct StreamSummary {
  std::string arn, table_name, label;
};
struct ListStreamsRequest {
  std::string table_name;  // empty: all
  int64_t limit = 100;
  std::string exclusive_start_stream_arn;
};
struct ListStreamsResponse {
  std::vector<StreamSummary> streams;
  std::string last_evaluated_stream_arn;
};

struct Shard {
  std::string id;
  std::string parent_id;  // empty: none
  std::string first_sequence_number;
  std::string last_sequence_number;  // empty: open
};
struct DescribeStreamRequest {
  std::string stream_arn;
  int64_t limit = 100;
  std::string exclusive_start_shard_id;
  std::string children_of;  // a shard: only those that came from it (ShardFilter); empty: all
};
struct DescribeStreamResponse {
  std::string arn, label, table_name;
  std::string status;  // ENABLING, ENABLED, DISABLING, DISABLED
  StreamViewType view = StreamViewType::kKeysOnly;
  base::Micros created_at{0};
  KeySchema keys;
  std::vector<Shard> shards;
  std::string last_evaluated_shard_id;
};

enum class ShardIteratorType { kTrimHorizon, kLatest, kAtSequenceNumber, kAfterSequenceNumber };
struct GetShardIteratorRequest {
  std::string stream_arn, shard_id;
  ShardIteratorType type = ShardIteratorType::kTrimHorizon;
  std::string sequence_number;
};
struct GetRecordsRequest {
  std::string shard_iterator;
  int64_t limit = 1000;
};
struct GetRecordsResponse {
  std::vector<StreamRecord> records;
  std::string next_shard_iterator;  // empty: the shard is closed and read to its end
};

}  // namespace cruddur::model
