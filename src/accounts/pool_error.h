// How the built-in user pool refuses: with Amazon Cognito's names and texts.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace cruddur::accounts {

struct PoolError {
  std::string type;     // "NotAuthorizedException"
  std::string message;  // Cognito's text; holds no secret
  int status = 400;
  int retry_after = 0;  // seconds; 0: isn't said

  PoolError(std::string_view type, std::string message, int retry_after = 0)
      : type(type), message(std::move(message)), retry_after(retry_after) {}
  // Of what happened inside, only whether it may be over soon. What it was is for the log.
  PoolError(base::Error error)  // NOLINT(google-explicit-constructor): for TRY
      : type("InternalErrorException"),
        message("Something went wrong"),
        status(500),
        cause(std::move(error)) {
    switch (cause.code) {
      case base::ErrorCode::kUnavailable:
      case base::ErrorCode::kDeadlineExceeded:
        status = 503;
        retry_after = 1;
        break;
      case base::ErrorCode::kResourceExhausted:
        type = "TooManyRequestsException";
        message = "Too many requests";
        status = 400;
        retry_after = 1;
        break;
      default:
        break;
    }
  }

  base::Error cause;  // for the log; empty where the caller is to blame
};

template <class T>
using PoolResult = std::expected<T, PoolError>;
using PoolStatus = PoolResult<void>;

inline std::unexpected<PoolError> RefusePool(std::string_view type, std::string message,
                                             int retry_after = 0) {
  return std::unexpected(PoolError(type, std::move(message), retry_after));
}

// The refusals that several operations share.
inline std::unexpected<PoolError> InvalidParameter(std::string message) {
  return RefusePool("InvalidParameterException", std::move(message));
}
inline std::unexpected<PoolError> NotAuthorized(std::string message) {
  return RefusePool("NotAuthorizedException", std::move(message));
}
inline std::unexpected<PoolError> WrongPassword() {
  return NotAuthorized("Incorrect username or password.");
}

}  // namespace cruddur::accounts
