#include "api/access_log.h"

#include <unistd.h>

#include <utility>

namespace cruddur::api {
namespace {

constexpr std::chrono::milliseconds kInterval{100};
constexpr size_t kMaxPath = 256;

void WriteToStandardError(std::string_view lines) {
  while (!lines.empty()) {
    const ssize_t written = write(STDERR_FILENO, lines.data(), lines.size());
    if (written <= 0) return;  // nobody reads: nothing that a server could do about it
    lines.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

AccessLog::AccessLog(std::function<void(std::string_view)> sink)
    : sink_(sink ? std::move(sink) : WriteToStandardError), thread_([this] { Run(); }) {}

AccessLog::~AccessLog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void AccessLog::Write(const AccessEntry& entry) {
  const auto level = entry.status >= 500 ? base::LogLevel::kWarn : base::LogLevel::kInfo;
  if (!base::LogEnabled(level)) return;
  using Field = base::LogField;
  const Field fields[] = {{"request_id", entry.request_id},
                          {"method", entry.method},
                          {"path", entry.path.substr(0, kMaxPath)},
                          {"route", entry.route},
                          {"status", int64_t{entry.status}},
                          {"bytes", static_cast<int64_t>(entry.bytes)},
                          {"microseconds", int64_t{entry.duration.count()}},
                          {"remote", entry.remote_address},
                          {"trace_id", entry.trace_id}};
  const std::span<const Field> shown(fields, std::size(fields) - (entry.trace_id.empty() ? 1 : 0));
  const std::string line = base::FormatLogLine(base::ActiveLogFormat(), level,
                                               base::SystemClock().Now(), "request", shown);
  std::string full;
  {
    const std::lock_guard lock(mutex_);
    const bool is_first = buffer_.empty();
    buffer_.append(line).append("\n");
    if (is_first) wake_.notify_one();
    if (buffer_.size() < kMaxBuffered) return;
    full.swap(buffer_);
  }
  const std::lock_guard lock(write_mutex_);
  sink_(full);
}

void AccessLog::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !buffer_.empty(); });
    wake_.wait_for(lock, kInterval, [this] { return stopping_; });
    if (buffer_.empty() && stopping_) return;
    if (buffer_.empty()) continue;  // a full buffer was written by a request
    std::string lines = std::exchange(buffer_, std::string());
    lock.unlock();
    {
      const std::lock_guard write(write_mutex_);
      sink_(lines);
    }
    lock.lock();
  }
}

}  // namespace cruddur::api
