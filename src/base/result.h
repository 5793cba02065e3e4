// Result<T>: a value, or the reason why there is none. Expected failures are values; exceptions are
// for what ends a start (see docs/architecture.md).
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace cruddur::base {

enum class ErrorCode {
  kInvalidArgument,  // the caller's input is wrong; the message says what to change
  kNotFound,
  kAlreadyExists,
  kUnauthenticated,
  kPermissionDenied,
  kResourceExhausted,  // a limit of ours was met: a queue, a pool, a rate
  kUnavailable,        // a backend is away or throttles: the same call may succeed later
  kDeadlineExceeded,
  kIo,          // a file, a disk, a socket
  kCorruption,  // stored bytes are not what was written
  kInternal,    // a bug: the message is for the log, never for a client
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // one line, for people, without secrets
};

template <class T, class E = Error>
using Result = std::expected<T, E>;
using Status = Result<void>;

// return Fail(ErrorCode::kNotFound, "no such user");
inline std::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return std::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace cruddur::base

#define CRUDDUR_CONCAT_INNER(a, b) a##b
#define CRUDDUR_CONCAT(a, b) CRUDDUR_CONCAT_INNER(a, b)

// Leaves the function with the error of `expr`, or goes on. In a coroutine use CO_TRY.
#define TRY(expr) \
  if (auto try_result = (expr); !try_result) return std::unexpected(std::move(try_result).error())
#define CO_TRY(expr)                         \
  if (auto try_result = (expr); !try_result) \
  co_return std::unexpected(std::move(try_result).error())

// TRY_ASSIGN(auto x, F()): x is F's value, or the function ends with F's error. `expr` of
// CO_TRY_ASSIGN may hold a co_await.
#define TRY_ASSIGN(declaration, expr) \
  TRY_ASSIGN_INNER(CRUDDUR_CONCAT(try_result_, __LINE__), declaration, expr, return)
#define CO_TRY_ASSIGN(declaration, expr) \
  TRY_ASSIGN_INNER(CRUDDUR_CONCAT(try_result_, __LINE__), declaration, expr, co_return)
#define TRY_ASSIGN_INNER(result, declaration, expr, leave)       \
  auto result = (expr);                                          \
  if (!result) leave std::unexpected(std::move(result).error()); \
  declaration = *std::move(result)
