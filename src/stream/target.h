// What an event source mapping invokes: a function, wherever it runs.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "model/table_operations.h"

namespace cruddur::stream {

struct Invocation {
  std::string request_id;  // a UUID
  std::string payload;     // the event, JSON
};

// Why there is no answer. As on Lambda, what kept the invocation from reaching the function (it is
// away, or throttled) isn't the records' fault: no attempt, no reason to halve a batch.
// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
struct InvocationError {
  std::string message;  // one line, for the log and the dead letter
  bool reached = true;  // false: the function hasn't had it, nor will it
};

using InvocationResult = base::Result<std::string, InvocationError>;

// return FunctionFailed("ValueError: no such table")
inline std::unexpected<InvocationError> FunctionFailed(std::string why) {
  return std::unexpected(InvocationError{std::move(why), true});
}
inline std::unexpected<InvocationError> NotReached(std::string why) {
  return std::unexpected(InvocationError{std::move(why), false});
}

// Thread-safe; calls run on the caller's loop.
class Target {
 public:
  virtual ~Target() = default;

  // The function's answer, or why there is none.
  virtual base::Task<InvocationResult> Invoke(const Invocation& invocation) = 0;

  // From now on Invoke answers that it wasn't reached, at once; so do those calls under way that
  // haven't reached a function yet, or all, if `at_once`. What these did is unknown: they are made
  // again some day.
  virtual void Stop(bool at_once) = 0;
};

// A function in this process: answers the sequence numbers of the records that failed. What it
// throws is an error of the invocation.
using RecordsHandler = std::function<base::Task<base::Result<std::vector<std::string>>>(
    std::span<const model::StreamRecord> records)>;

class HandlerTarget final : public Target {
 public:
  explicit HandlerTarget(RecordsHandler handler) : handler_(std::move(handler)) {}
  base::Task<InvocationResult> Invoke(const Invocation& invocation) override;
  void Stop(bool) override {}  // a handler ends by itself

 private:
  const RecordsHandler handler_;
};

}  // namespace cruddur::stream
