#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cmath>

#include "base/timestamp.h"
#include "base/utf8.h"

namespace cruddur::base {
namespace {

std::atomic<LogLevel> g_level = LogLevel::kInfo;
std::atomic<LogFormat> g_format = LogFormat::kText;

constexpr std::array<std::string_view, 5> kLevelNames = {"debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 4> kLevelLabels = {"DEBUG", "INFO", "WARN", "ERROR"};

// spdlog serves as the sink alone (one locked write a line). Never destroyed, so that what ends
// after main can still log.
spdlog::logger& Sink() {
  static spdlog::logger* const logger = [] {
    auto* made = new spdlog::logger("cruddur", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_level(spdlog::level::trace);
    made->set_pattern("%v");
    return made;
  }();
  return *logger;
}

void AppendQuoted(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    const char c = text.front();
    const auto byte = static_cast<uint8_t>(c);
    size_t taken = 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else if (const size_t length = Utf8Length(text); length > 0) {
      out += text.substr(0, length);
      taken = length;
    } else {
      out += "\xef\xbf\xbd";  // U+FFFD
    }
    text.remove_prefix(taken);
  }
  out += '"';
}

// In text format only what could be mistaken for something else is quoted.
bool IsPlain(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\') return false;
  }
  return true;
}

void AppendText(std::string& out, LogFormat format, std::string_view text) {
  if (format == LogFormat::kText && IsPlain(text)) {
    out += text;
  } else {
    AppendQuoted(out, text);
  }
}

template <class Number>
void AppendNumber(std::string& out, Number value) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

struct AppendValue {
  std::string& out;
  LogFormat format;

  void operator()(std::string_view text) const { AppendText(out, format, text); }
  void operator()(int64_t value) const { AppendNumber(out, value); }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(double value) const {
    if (std::isfinite(value)) {
      AppendNumber(out, value);
    } else {
      out += "null";  // JSON has no NaN
    }
  }
};

}  // namespace

void ConfigureLog(LogLevel level, LogFormat format) {
  g_level.store(level, std::memory_order_relaxed);
  g_format.store(format, std::memory_order_relaxed);
}

bool LogEnabled(LogLevel level) {
  return level != LogLevel::kOff && level >= g_level.load(std::memory_order_relaxed);
}

LogFormat ActiveLogFormat() { return g_format.load(std::memory_order_relaxed); }

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!LogEnabled(level)) return;
  const std::string line =
      FormatLogLine(ActiveLogFormat(), level, SystemClock().Now(), event, fields);
  Sink().log(spdlog::level::critical, spdlog::string_view_t(line.data(), line.size()));
}

std::string FormatLogLine(LogFormat format, LogLevel level, Micros time, std::string_view event,
                          std::span<const LogField> fields) {
  const bool json = format == LogFormat::kJson;
  const auto index = std::min(static_cast<size_t>(level), kLevelLabels.size() - 1);
  std::string line;
  line.reserve(128);
  if (json) {
    line.append("{\"time\":\"").append(FormatTimestamp(time)).append("\",\"level\":\"");
    line.append(kLevelNames[index]).append("\",\"event\":");
  } else {
    line.append(FormatTimestamp(time)).append(" ").append(kLevelLabels[index]).append(" ");
  }
  // The event is words of the program's own and needs no quotes in text, unless it has odd bytes.
  bool plain = !json;
  for (const char c : event) plain = plain && (c == ' ' || IsPlain({&c, 1}));
  if (plain) {
    line += event;
  } else {
    AppendQuoted(line, event);
  }
  for (const LogField& field : fields) {
    line += json ? ',' : ' ';
    AppendText(line, format, field.name);
    line += json ? ':' : '=';
    std::visit(AppendValue{line, format}, field.value);
  }
  if (json) line += '}';
  return line;
}

Result<LogLevel> ParseLogLevel(std::string_view text) {
  for (size_t i = 0; i < kLevelNames.size(); ++i) {
    if (text == kLevelNames[i]) return static_cast<LogLevel>(i);
  }
  return Fail(ErrorCode::kInvalidArgument, "log level must be debug, info, warn, error or off");
}

Result<LogFormat> ParseLogFormat(std::string_view text) {
  if (text == "text") return LogFormat::kText;
  if (text == "json") return LogFormat::kJson;
  return Fail(ErrorCode::kInvalidArgument, "log format must be text or json");
}

}  // namespace cruddur::base
