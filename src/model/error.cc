#include "model/error.h"

#include <algorithm>
#include <array>

namespace cruddur::model {
namespace {

using enum DbErrorCode;

#define DYNAMODB_TYPE(name) "com.amazonaws.dynamodb.v20120810#" name
#define SERVICE_TYPE(name) "com.amazon.coral.service#" name

// In the order of the enumeration, which WireOf relies on.
constexpr DbErrorWire kTable[] = {
    {kValidation, "com.amazon.coral.validate#ValidationException", 400, false},
    {kSerialization, SERVICE_TYPE("SerializationException"), 400, false},
    {kConditionalCheckFailed, DYNAMODB_TYPE("ConditionalCheckFailedException"), 400, false},
    {kTransactionCanceled, DYNAMODB_TYPE("TransactionCanceledException"), 400, false},
    {kTransactionConflict, DYNAMODB_TYPE("TransactionConflictException"), 400, true},
    {kTransactionInProgress, DYNAMODB_TYPE("TransactionInProgressException"), 400, true},
    {kIdempotentParameterMismatch, DYNAMODB_TYPE("IdempotentParameterMismatchException"), 400,
     false},
    {kResourceNotFound, DYNAMODB_TYPE("ResourceNotFoundException"), 400, false},
    {kResourceInUse, DYNAMODB_TYPE("ResourceInUseException"), 400, false},
    {kTableNotFound, DYNAMODB_TYPE("TableNotFoundException"), 400, false},
    {kTableAlreadyExists, DYNAMODB_TYPE("TableAlreadyExistsException"), 400, false},
    {kPolicyNotFound, DYNAMODB_TYPE("PolicyNotFoundException"), 400, false},
    {kLimitExceeded, DYNAMODB_TYPE("LimitExceededException"), 400, false},
    {kItemCollectionSizeLimitExceeded, DYNAMODB_TYPE("ItemCollectionSizeLimitExceededException"),
     400, false},
    {kProvisionedThroughputExceeded, DYNAMODB_TYPE("ProvisionedThroughputExceededException"), 400,
     true},
    {kRequestLimitExceeded, DYNAMODB_TYPE("RequestLimitExceeded"), 400, true},
    {kThrottling, DYNAMODB_TYPE("ThrottlingException"), 400, true},
    {kDuplicateItem, DYNAMODB_TYPE("DuplicateItemException"), 400, false},
    {kExpiredIterator, DYNAMODB_TYPE("ExpiredIteratorException"), 400, false},
    {kTrimmedDataAccess, DYNAMODB_TYPE("TrimmedDataAccessException"), 400, false},
    {kAccessDenied, SERVICE_TYPE("AccessDeniedException"), 400, false},
    {kUnknownOperation, SERVICE_TYPE("UnknownOperationException"), 400, false},
    {kMissingAuthenticationToken, SERVICE_TYPE("MissingAuthenticationTokenException"), 400, false},
    {kIncompleteSignature, SERVICE_TYPE("IncompleteSignatureException"), 400, false},
    {kInvalidSignature, SERVICE_TYPE("InvalidSignatureException"), 400, false},
    {kUnrecognizedClient, SERVICE_TYPE("UnrecognizedClientException"), 400, false},
    {kInternalServerError, DYNAMODB_TYPE("InternalServerError"), 500, true},
    {kServiceUnavailable, DYNAMODB_TYPE("ServiceUnavailable"), 503, true},
    {kUnreachable, DYNAMODB_TYPE("ServiceUnavailable"), 503, true},
};

constexpr bool InOrder() {
  for (size_t i = 0; i < std::size(kTable); ++i) {
    if (static_cast<size_t>(kTable[i].code) != i) return false;
  }
  return true;
}
static_assert(InOrder() && std::size(kTable) == static_cast<size_t>(kUnreachable) + 1);

}  // namespace

const DbErrorWire& WireOf(DbErrorCode code) { return kTable[static_cast<size_t>(code)]; }

DbErrorCode CodeOfWireName(std::string_view name) {
  auto short_name = [](const DbErrorWire& wire) {
    return wire.type.substr(wire.type.find('#') + 1);
  };
  auto at = std::ranges::find(kTable, name, short_name);
  return at == std::end(kTable) ? kInternalServerError : at->code;
}

DbError Enveloped(DbError error) {
  if (error.code == DbErrorCode::kValidation && error.reason != DbErrorReason::kItemSize) {
    error.message.insert(0, "1 validation error detected: ");
  }
  return error;
}

}  // namespace cruddur::model
