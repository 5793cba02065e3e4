// Structured logging on standard error: one line an event, as text or as JSON.
//
// Never log message texts, tokens, passwords or codes. Thread-safe. Whatever bytes a value holds,
// an event stays one line: control characters are escaped, and what isn't UTF-8 becomes U+FFFD.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/result.h"

namespace cruddur::base {

enum class LogLevel { kDebug, kInfo, kWarn, kError, kOff };
enum class LogFormat { kText, kJson };

struct LogField {
  std::string_view name;
  std::variant<std::string_view, int64_t, double, bool> value;
};

// Call once at start, before other threads; the default is kInfo and kText.
void ConfigureLog(LogLevel level, LogFormat format);
bool LogEnabled(LogLevel level);
LogFormat ActiveLogFormat();

// Log(LogLevel::kInfo, "listening", {{"port", int64_t{4567}}});
void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

// The line that Log writes, without its end.
//   text: 2023-03-24T09:45:01.561513+00:00 INFO listening port=4567
//   JSON:
//   {"time":"2023-03-24T09:45:01.561513+00:00","level":"info","event":"listening","port":4567}
std::string FormatLogLine(LogFormat format, LogLevel level, Micros time, std::string_view event,
                          std::span<const LogField> fields);
inline std::string FormatLogLine(LogFormat format, LogLevel level, Micros time,
                                 std::string_view event, std::initializer_list<LogField> fields) {
  return FormatLogLine(format, level, time, event, std::span(fields.begin(), fields.size()));
}

Result<LogLevel> ParseLogLevel(std::string_view text);
Result<LogFormat> ParseLogFormat(std::string_view text);

}  // namespace cruddur::base
