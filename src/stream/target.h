// What an event source mapping invokes: a function, wherever it runs.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "model/table_operations.h"

namespace cruddur::stream {

struct Invocation {
  std::string request_id;  // a UUID
  std::string payload;     // the event, JSON
};

// Thread-safe; calls run on the caller's loop.
class Target {
 public:
  virtual ~Target() = default;

  // The function's answer. An error when it failed, didn't answer in time, or can't be reached: the
  // message is for the log and the dead letter.
  virtual base::Task<base::Result<std::string>> Invoke(const Invocation& invocation) = 0;

  // From now on Invoke answers an error at once; so do those calls under way that haven't reached
  // a function yet, or all, if `at_once`. What they did is unknown: they are made again some day.
  virtual void Stop(bool at_once) = 0;
};

// A function in this process: answers the sequence numbers of the records that failed. What it
// throws is an error of the invocation.
using RecordsHandler = std::function<base::Task<base::Result<std::vector<std::string>>>(
    std::span<const model::StreamRecord> records)>;

class HandlerTarget final : public Target {
 public:
  explicit HandlerTarget(RecordsHandler handler) : handler_(std::move(handler)) {}
  base::Task<base::Result<std::string>> Invoke(const Invocation& invocation) override;
  void Stop(bool) override {}  // a handler ends by itself

 private:
  const RecordsHandler handler_;
};

}  // namespace cruddur::stream
