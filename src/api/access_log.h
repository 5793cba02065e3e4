// One log line a request, written in bulk: a request appends to a buffer, a thread of the log's own
// writes what has come together ten times a second. A crash may take the last tenth with it.
//
// A line holds no query, no header but the ids, no text and no token. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "base/log.h"

namespace cruddur::api {

struct AccessEntry {
  std::string_view request_id, trace_id;  // trace_id may be empty
  std::string_view method, path, route;
  std::string_view remote_address;
  int status = 0;
  size_t bytes = 0;
  std::chrono::microseconds duration{0};
};

class AccessLog {
 public:
  // Writes to standard error, or to `sink` (whole lines, on any thread).
  explicit AccessLog(std::function<void(std::string_view lines)> sink = {});
  ~AccessLog();  // writes what is left

  void Write(const AccessEntry& entry);

 private:
  void Run();

  // Beyond this the request's own thread writes: the buffer doesn't grow with the load.
  static constexpr size_t kMaxBuffered = 256 * 1024;

  const std::function<void(std::string_view)> sink_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string buffer_;  // protected by mutex_
  bool stopping_ = false;
  std::mutex write_mutex_;  // keeps the order of what is written
  std::thread thread_;
};

}  // namespace cruddur::api
