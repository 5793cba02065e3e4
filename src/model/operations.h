// Requests and responses of the item operations, typed: what the engine takes and what every
// dynamo::Client offers. Members have the API's names and meanings; a member that was not given is
// empty (strings) or nullopt.
//
// The legacy parameters (Expected, KeyConditions, …) have no members here: the wire layer writes
// them as expressions (expr/legacy_conditions.h), and Placeholders::legacy says that it did.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/error_details.h"
#include "model/table.h"

namespace cruddur::model {

// "#name" -> attribute name. Few: a vector.
using ExpressionNames = std::vector<std::pair<std::string, std::string>>;

enum class ReturnConsumedCapacity { kNone, kTotal, kIndexes };
enum class ReturnValues { kNone, kAllOld, kUpdatedOld, kAllNew, kUpdatedNew };
enum class ReturnValuesOnFailure { kNone, kAllOld };
enum class ReturnItemCollectionMetrics { kNone, kSize };
enum class Select {
  kDefault,
  kAllAttributes,
  kAllProjectedAttributes,
  kSpecificAttributes,
  kCount
};

struct CapacityUnits {
  double read = 0;
  double write = 0;
  double total() const { return read + write; }
};

struct ConsumedCapacity {
  std::string table_name;
  CapacityUnits units;         // the sum
  bool transactional = false;  // then the wire form splits read and write
  // kIndexes only: the table's own share, and each index's.
  std::optional<CapacityUnits> table;
  std::map<std::string, CapacityUnits> local_indexes, global_indexes;
};

struct ItemCollectionMetrics {
  Item key;  // the partition key attribute alone
  double lower_gb = 0, upper_gb = 1;
};

// Which expressions of a request stand for legacy parameters. They compile to the same trees; AWS
// uses other words for some errors then, knows no bound on their length, and lets ADD take lists.
struct LegacyUse {
  bool key_conditions = false;
  bool others = false;  // none of these may stand beside an expression
};

struct Placeholders {
  ExpressionNames names;
  Item values;  // ":value" -> AttributeValue
  LegacyUse legacy = {};
};

struct GetItemRequest {
  std::string table;
  Item key;
  bool consistent_read = false;
  std::optional<std::string> projection_expression;
  Placeholders placeholders;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
};
struct GetItemResponse {
  std::optional<Item> item;
  std::optional<ConsumedCapacity> consumed_capacity;
};

// A write with `may_conflict` is refused, as AWS does, while somebody else's transaction with the
// item is under way (kTransactionConflict; a batch leaves it unprocessed); a transaction with it
// holds its items against others. The wire server sets it. In process it is off: writes wait for
// one another then, and none is refused.
struct PutItemRequest {
  std::string table;
  Item item;
  std::optional<std::string> condition_expression;
  Placeholders placeholders;
  ReturnValues return_values = ReturnValues::kNone;  // kNone or kAllOld
  ReturnValuesOnFailure on_condition_failure = ReturnValuesOnFailure::kNone;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
  ReturnItemCollectionMetrics return_metrics = ReturnItemCollectionMetrics::kNone;
  bool may_conflict = false;  // see above
};
struct DeleteItemRequest {
  std::string table;
  Item key;
  std::optional<std::string> condition_expression;
  Placeholders placeholders;
  ReturnValues return_values = ReturnValues::kNone;
  ReturnValuesOnFailure on_condition_failure = ReturnValuesOnFailure::kNone;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
  ReturnItemCollectionMetrics return_metrics = ReturnItemCollectionMetrics::kNone;
  bool may_conflict = false;
};
struct UpdateItemRequest {
  std::string table;
  Item key;
  std::optional<std::string> update_expression;
  std::optional<std::string> condition_expression;
  Placeholders placeholders;
  ReturnValues return_values = ReturnValues::kNone;
  ReturnValuesOnFailure on_condition_failure = ReturnValuesOnFailure::kNone;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
  ReturnItemCollectionMetrics return_metrics = ReturnItemCollectionMetrics::kNone;
  bool may_conflict = false;
};
// Of PutItem, DeleteItem and UpdateItem alike.
struct WriteItemResponse {
  std::optional<Item> attributes;
  std::optional<ConsumedCapacity> consumed_capacity;
  std::optional<ItemCollectionMetrics> item_collection_metrics;
};

struct QueryRequest {
  std::string table;
  std::string index;  // empty: the table
  std::string key_condition_expression;
  std::optional<std::string> filter_expression;
  std::optional<std::string> projection_expression;
  Placeholders placeholders;
  Select select = Select::kDefault;
  std::optional<int64_t> limit;
  Item exclusive_start_key;  // empty: from the start
  bool scan_index_forward = true;
  bool consistent_read = false;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
};
struct ScanRequest {
  std::string table;
  std::string index;
  std::optional<std::string> filter_expression;
  std::optional<std::string> projection_expression;
  Placeholders placeholders;
  Select select = Select::kDefault;
  std::optional<int64_t> limit;
  Item exclusive_start_key;
  std::optional<int64_t> segment, total_segments;
  bool consistent_read = false;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
};
// Of Query and Scan alike.
struct PageResponse {
  std::vector<Item> items;  // empty for kCount
  int64_t count = 0;
  int64_t scanned_count = 0;
  Item last_evaluated_key;  // empty: nothing is left
  std::optional<ConsumedCapacity> consumed_capacity;
};

struct KeysAndAttributes {
  std::vector<Item> keys;
  bool consistent_read = false;
  std::optional<std::string> projection_expression;
  ExpressionNames names;
  bool legacy = false;  // the expression stands for AttributesToGet: all names, in their order
};
struct BatchGetItemRequest {
  std::vector<std::pair<std::string, KeysAndAttributes>> tables;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
};
struct BatchGetItemResponse {
  std::vector<std::pair<std::string, std::vector<Item>>> items;
  std::vector<std::pair<std::string, KeysAndAttributes>> unprocessed;
  std::vector<ConsumedCapacity> consumed_capacity;
};

struct BatchWrite {
  bool put = true;
  Item item;  // put: the item; delete: its key
};
struct BatchWriteItemRequest {
  std::vector<std::pair<std::string, std::vector<BatchWrite>>> tables;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
  ReturnItemCollectionMetrics return_metrics = ReturnItemCollectionMetrics::kNone;
  bool may_conflict = false;
};
struct BatchWriteItemResponse {
  std::vector<std::pair<std::string, std::vector<BatchWrite>>> unprocessed;
  std::vector<ConsumedCapacity> consumed_capacity;
  std::vector<std::pair<std::string, std::vector<ItemCollectionMetrics>>> item_collection_metrics;
};

struct ConditionCheck {
  std::string table;
  Item key;
  std::string condition_expression;
  Placeholders placeholders;
  ReturnValuesOnFailure on_condition_failure = ReturnValuesOnFailure::kNone;
};
// The members of Put, Delete and Update that transactions don't have (ReturnValues, …) are ignored.
using TransactWrite =
    std::variant<PutItemRequest, DeleteItemRequest, UpdateItemRequest, ConditionCheck>;
// What is wrong with the values of one of a transaction's items, the first one of which that is so.
// It is told when the items before it have been found right.
struct BrokenTransactWrite {
  size_t item = 0;
  bool behind_expressions = false;  // told when the item's own expressions have been found right
  DbError error;
};
struct TransactWriteItemsRequest {
  std::vector<TransactWrite> items;
  std::optional<BrokenTransactWrite> broken;
  std::string client_request_token;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
  ReturnItemCollectionMetrics return_metrics = ReturnItemCollectionMetrics::kNone;
  bool may_conflict = false;
};
struct TransactWriteItemsResponse {
  std::vector<ConsumedCapacity> consumed_capacity;
  std::vector<std::pair<std::string, std::vector<ItemCollectionMetrics>>> item_collection_metrics;
};

struct TransactGet {
  std::string table;
  Item key;
  std::optional<std::string> projection_expression;
  ExpressionNames names;
};
struct TransactGetItemsRequest {
  std::vector<TransactGet> items;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
};
struct TransactGetItemsResponse {
  std::vector<std::optional<Item>> items;  // in input order
  std::vector<ConsumedCapacity> consumed_capacity;
};

}  // namespace cruddur::model
