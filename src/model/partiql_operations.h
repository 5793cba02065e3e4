// Requests and responses of the PartiQL operations. See operations.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/error.h"
#include "model/operations.h"

namespace cruddur::model {

struct ParameterizedStatement {
  std::string statement;
  std::vector<AttributeValue> parameters;
  bool consistent_read = false;  // not of transactions
  ReturnValuesOnFailure on_condition_failure = ReturnValuesOnFailure::kNone;
  // What is wrong with a parameter. A batch tells it of this statement alone.
  std::optional<DbError> broken_parameter;
};

struct ExecuteStatementRequest {
  ParameterizedStatement statement;
  std::optional<int64_t> limit;
  std::string next_token;  // empty: from the start
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
  bool may_conflict = false;  // see PutItemRequest
};
struct ExecuteStatementResponse {
  std::vector<Item> items;
  std::string next_token;  // empty: nothing is left
  Item last_evaluated_key;
  std::optional<ConsumedCapacity> consumed_capacity;
};

struct BatchExecuteStatementRequest {
  std::vector<ParameterizedStatement> statements;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
  bool may_conflict = false;
};
struct BatchStatementResponse {
  std::string table;  // empty: the statement was refused before it was run
  std::optional<Item> item;
  std::optional<DbError> error;
};
struct BatchExecuteStatementResponse {
  std::vector<BatchStatementResponse> responses;    // in input order
  std::vector<ConsumedCapacity> consumed_capacity;  // of the statements that succeeded
};

struct ExecuteTransactionRequest {
  std::vector<ParameterizedStatement> statements;
  std::string client_request_token;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
  bool may_conflict = false;
};
struct ExecuteTransactionResponse {
  std::vector<std::optional<Item>> items;  // in input order; none of writes
  std::vector<ConsumedCapacity> consumed_capacity;
};

}  // namespace cruddur::model
