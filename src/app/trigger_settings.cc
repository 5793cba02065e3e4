#include "app/trigger_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <utility>

#include "base/timestamp.h"
#include "stream/dead_letter_table.h"

namespace cruddur::app {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Status;
using Texts = std::vector<std::string>;

std::unexpected<base::Error> Wrong(std::string message) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message));
}

Status ReadText(const Texts& texts, std::string& out) {
  if (texts.size() != 1 || texts[0].empty()) return Wrong("is a text");
  out = texts[0];
  return {};
}

Status ReadInteger(const Texts& texts, int64_t& out) {
  if (texts.size() == 1) {
    const std::string& text = texts[0];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error == std::errc() && end == text.data() + text.size()) return {};
  }
  return Wrong("is a whole number");
}

template <class Duration>
Status ReadSeconds(const Texts& texts, Duration& out) {
  int64_t seconds = 0;
  TRY(ReadInteger(texts, seconds));
  out = std::chrono::seconds(seconds);
  return {};
}

Status ReadBoolean(const Texts& texts, bool& out) {
  if (texts.size() != 1 || (texts[0] != "true" && texts[0] != "false")) {
    return Wrong("is true or false");
  }
  out = texts[0] == "true";
  return {};
}

Status ReadStart(const Texts& texts, stream::StartingPosition& out) {
  using stream::StartingPosition;
  if (texts == Texts{"TRIM_HORIZON"}) {
    out = StartingPosition::kTrimHorizon;
  } else if (texts == Texts{"LATEST"}) {
    out = StartingPosition::kLatest;
  } else if (texts == Texts{"AT_TIMESTAMP"}) {
    out = StartingPosition::kAtTimestamp;
  } else {
    return Wrong("is TRIM_HORIZON, LATEST or AT_TIMESTAMP");
  }
  return {};
}

// Lambda's API has seconds since 1970, its commands also RFC 3339.
Status ReadTime(const Texts& texts, base::Micros& out) {
  int64_t seconds = 0;
  if (ReadInteger(texts, seconds) && seconds > 0 && seconds < int64_t{1} << 40) {
    out = std::chrono::seconds(seconds);
    return {};
  }
  if (texts.size() == 1) {
    if (const auto time = base::ParseTimestamp(texts[0]); time && time->count() > 0) {
      out = *time;
      return {};
    }
  }
  return Wrong("is a time: seconds since 1970, or \"2023-03-24T09:45:01Z\"");
}

Status ReadFilters(const Texts& texts, stream::FilterCriteria& out) {
  std::vector<stream::FilterPattern> patterns;
  for (const std::string& text : texts) {
    TRY_ASSIGN(stream::FilterPattern pattern, stream::FilterPattern::Parse(text));
    patterns.push_back(std::move(pattern));
  }
  if (patterns.size() > stream::FilterCriteria::kMaxPatterns) {
    return Wrong("holds up to 10 patterns");
  }
  out = stream::FilterCriteria(std::move(patterns));
  return {};
}

struct Key {
  std::string_view name;
  std::function<Status(const Texts&, TriggerSettings&)> read;
};

// Lambda's parameters in the words of cruddur.toml.
const std::vector<Key>& Keys() {
  using T = TriggerSettings;
  static const std::vector<Key> keys = {
      {"name", [](auto& v, T& t) { return ReadText(v, t.name); }},
      {"table", [](auto& v, T& t) { return ReadText(v, t.table); }},
      {"target", [](auto& v, T& t) { return ReadText(v, t.target); }},
      {"batch-size", [](auto& v, T& t) { return ReadInteger(v, t.options.batch_size); }},
      {"batching-window", [](auto& v, T& t) { return ReadSeconds(v, t.options.batching_window); }},
      {"starting-position",
       [](auto& v, T& t) { return ReadStart(v, t.options.starting_position); }},
      {"starting-position-timestamp",
       [](auto& v, T& t) { return ReadTime(v, t.options.starting_position_timestamp); }},
      {"parallelization-factor",
       [](auto& v, T& t) { return ReadInteger(v, t.options.parallelization_factor); }},
      {"maximum-retry-attempts",
       [](auto& v, T& t) { return ReadInteger(v, t.options.maximum_retry_attempts); }},
      {"maximum-record-age",
       [](auto& v, T& t) { return ReadSeconds(v, t.options.maximum_record_age); }},
      {"bisect-batch-on-function-error",
       [](auto& v, T& t) { return ReadBoolean(v, t.options.bisect_batch_on_function_error); }},
      {"report-batch-item-failures",
       [](auto& v, T& t) { return ReadBoolean(v, t.options.report_batch_item_failures); }},
      {"filter-patterns", [](auto& v, T& t) { return ReadFilters(v, t.filters); }},
      {"on-failure", [](auto& v, T& t) { return ReadText(v, t.on_failure); }},
      {"function-name", [](auto& v, T& t) { return ReadText(v, t.function_name); }},
      {"timeout", [](auto& v, T& t) { return ReadSeconds(v, t.timeout); }},
  };
  return keys;
}

bool IsName(std::string_view name) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
  return !name.empty() && name.size() <= 255 && name.front() != '.' &&
         name.find_first_not_of(kAllowed) == name.npos;
}

bool IsTarget(std::string_view target) {
  return target.starts_with("http://") || target.starts_with("https://") ||
         target.starts_with("runtime://");
}

// A file, or a table.
bool IsDestination(std::string_view text) {
  using stream::DeadLetterTable;
  if (!text.starts_with(DeadLetterTable::kScheme)) return !text.contains("://");
  text.remove_prefix(DeadLetterTable::kScheme.size());
  return IsName(text) && text.size() >= 3;
}

base::Result<TriggerSettings> Read(const TriggerTable& table) {
  const auto wrong = [&](std::string_view key, std::string_view why) {
    return Wrong(fmt::format("{}: the trigger's {} {}", table.where, key, why));
  };
  TriggerSettings trigger;
  for (const auto& [name, texts] : table.values) {
    const auto key = std::ranges::find(Keys(), name, &Key::name);
    if (key == Keys().end()) {
      std::vector<std::string_view> names;
      for (const Key& each : Keys()) names.push_back(each.name);
      return Wrong(fmt::format("{}: a trigger has no '{}', but {}", table.where, name,
                               fmt::join(names, ", ")));
    }
    if (const auto read = key->read(texts, trigger); !read) {
      return wrong(name, read.error().message);
    }
  }
  if (!IsName(trigger.table)) return wrong("table", "is missing, or no name of a table");
  if (!IsTarget(trigger.target)) {
    return wrong("target", "is http://HOST:PORT, https://… or runtime://HOST:PORT");
  }
  if (!IsDestination(trigger.on_failure)) {
    return wrong("on-failure", "is a file, or table://NAME");
  }
  if (trigger.name.empty()) trigger.name = trigger.table;
  if (!IsName(trigger.name)) return wrong("name", "has letters, digits, '_', '.' and '-' only");
  if (trigger.function_name.empty()) trigger.function_name = trigger.name;
  if (trigger.timeout.count() < 1 || trigger.timeout.count() > 900) {
    return wrong("timeout", "is 1 to 900 seconds");
  }
  if (const auto checked = Check(trigger.options); !checked) {
    return Wrong(fmt::format("{}: the trigger's {}", table.where, checked.error().message));
  }
  return trigger;
}

}  // namespace

base::Result<std::vector<TriggerSettings>> TriggersOf(const Settings& settings,
                                                      const std::vector<std::string>& flags) {
  std::vector<TriggerTable> tables = settings.triggers();
  for (const std::string& flag : flags) {
    const size_t equals = flag.find('=');
    if (equals == flag.npos) {
      return Wrong(fmt::format("--trigger takes TABLE=TARGET, not '{}'", flag));
    }
    tables.push_back({{{"table", {flag.substr(0, equals)}}, {"target", {flag.substr(equals + 1)}}},
                      "--trigger " + flag});
  }
  std::vector<TriggerSettings> triggers;
  std::set<std::string> names;
  for (const TriggerTable& table : tables) {
    TRY_ASSIGN(TriggerSettings trigger, Read(table));
    if (!names.insert(trigger.name).second) {
      return Wrong(fmt::format("{}: there is another trigger '{}': give one a name of its own",
                               table.where, trigger.name));
    }
    triggers.push_back(std::move(trigger));
  }
  return triggers;
}

}  // namespace cruddur::app
