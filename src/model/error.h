// Errors of the DynamoDB API as values, and the one table from their code to what goes on the wire.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cruddur::model {

enum class DbErrorCode {
  kValidation,
  kSerialization,
  kConditionalCheckFailed,
  kTransactionCanceled,
  kTransactionConflict,
  kTransactionInProgress,
  kIdempotentParameterMismatch,
  kResourceNotFound,
  kResourceInUse,
  kTableNotFound,
  kTableAlreadyExists,
  kPolicyNotFound,
  kLimitExceeded,
  kItemCollectionSizeLimitExceeded,
  kProvisionedThroughputExceeded,
  kRequestLimitExceeded,
  kThrottling,
  kDuplicateItem,
  kExpiredIterator,
  kTrimmedDataAccess,
  kAccessDenied,
  kUnknownOperation,
  kMissingAuthenticationToken,
  kIncompleteSignature,
  kInvalidSignature,
  kUnrecognizedClient,
  kInternalServerError,
  kServiceUnavailable,
  kUnreachable,  // client side only: no answer came (connection refused, deadline)
};

struct DbErrorDetails;

struct DbError {
  DbErrorCode code = DbErrorCode::kInternalServerError;
  std::string message;
  std::shared_ptr<const DbErrorDetails>
      details;  // of the few codes that carry more; see error_details.h
};

template <class T>
using DbResult = std::expected<T, DbError>;
using DbStatus = DbResult<void>;

inline std::unexpected<DbError> DbFail(DbErrorCode code, std::string message) {
  return std::unexpected<DbError>(DbError{code, std::move(message), nullptr});
}
inline std::unexpected<DbError> Invalid(std::string message) {
  return DbFail(DbErrorCode::kValidation, std::move(message));
}

// A ValidationException with "1 validation error detected: " before its text, if it isn't there
// yet: how AWS tells what is wrong with the requests of PutItem, UpdateItem and DeleteItem.
DbError Enveloped(DbError error);

struct DbErrorWire {
  DbErrorCode code;
  std::string_view type;  // "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"
  int http_status;
  bool retryable;  // by clients, after a pause
};

const DbErrorWire& WireOf(DbErrorCode code);
// By the part behind '#', as clients read it; kInternalServerError for a name not in the table.
DbErrorCode CodeOfWireName(std::string_view name);

}  // namespace cruddur::model
