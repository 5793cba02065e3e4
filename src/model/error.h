// Errors of the DynamoDB API as values, and the one table from their code to what goes on the wire.
#pragma once

#include <cstdint>
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

// Which of a code's errors it is, where something depends on that: texts are for clients alone.
enum class DbErrorReason : uint8_t {
  kOther,
  kEmptyName,  // of an attribute
  kEmptyKey,   // the value of a key attribute, of a table or an index
  kItemSize,
  kNesting,  // of values
};

struct DbError {
  DbErrorCode code = DbErrorCode::kInternalServerError;
  std::string message;
  std::shared_ptr<const DbErrorDetails>
      details;  // of the few codes that carry more; see error_details.h
  DbErrorReason reason = DbErrorReason::kOther;
};

template <class T>
using DbResult = std::expected<T, DbError>;
using DbStatus = DbResult<void>;

inline std::unexpected<DbError> DbFail(DbErrorCode code, std::string message) {
  return std::unexpected<DbError>(DbError{code, std::move(message), nullptr});
}
inline std::unexpected<DbError> Invalid(std::string message,
                                        DbErrorReason reason = DbErrorReason::kOther) {
  return std::unexpected<DbError>(
      DbError{DbErrorCode::kValidation, std::move(message), nullptr, reason});
}

// A ValidationException with "1 validation error detected: " before its text: how AWS tells what is
// wrong with the requests of PutItem, UpdateItem and DeleteItem, but for an item's size.
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
