#include "app/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <filesystem>

namespace cruddur::app {
namespace {

using base::ErrorCode;
using base::Fail;

constexpr char kDefaultFile[] = "cruddur.toml";

std::optional<int64_t> ParseInteger(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The text that a TOML value stands for; nullopt for what no setting takes (tables, arrays, dates).
std::optional<std::string> TextOf(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
  return std::nullopt;
}

struct File {
  std::map<std::string, std::string> settings;
  std::vector<TriggerTable> triggers;
};

// Nullopt if `node` is no list of tables of texts, or of lists of them.
std::optional<std::vector<TriggerTable>> TriggersOf(const toml::node& node,
                                                    const std::string& path) {
  std::vector<TriggerTable> triggers;
  const toml::array* tables = node.as_array();
  if (tables == nullptr || !tables->is_array_of_tables()) return std::nullopt;
  for (const toml::node& each : *tables) {
    TriggerTable& trigger = triggers.emplace_back();
    trigger.where = fmt::format("{}:{}", path, each.source().begin.line);
    for (const auto& [key, value] : *each.as_table()) {
      auto& texts = trigger.values[std::string(key.str())];
      const auto add = [&](const toml::node& one) {
        auto text = TextOf(one);
        if (text) texts.push_back(*std::move(text));
        return text.has_value();
      };
      const toml::array* list = value.as_array();
      if (list ? !std::ranges::all_of(*list, add) : !add(value)) return std::nullopt;
    }
  }
  return triggers;
}

base::Result<File> ReadFile(const std::string& path) {
  toml::table table;
  try {
    table = toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}:{}: {}", path, error.source().begin.line, error.description()));
  }
  File found;
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    if (name == "trigger") {
      auto triggers = TriggersOf(node, path);
      if (!triggers) {
        return Fail(ErrorCode::kInvalidArgument,
                    fmt::format("{}:{}: triggers are tables, [[trigger]], of texts, numbers, true "
                                "or false, or lists of them",
                                path, node.source().begin.line));
      }
      found.triggers = *std::move(triggers);
      continue;
    }
    if (FindSetting(name) == nullptr || name == "config") {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}:{}: unknown setting '{}' (`cruddur config` lists them all)", path,
                              node.source().begin.line, name));
    }
    auto text = TextOf(node);
    if (!text) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}:{}: '{}' takes a text, a whole number, or true or false", path,
                              node.source().begin.line, name));
    }
    found.settings.emplace(name, *std::move(text));
  }
  return found;
}

}  // namespace

std::optional<std::string> CheckSetting(const SettingSpec& spec, std::string_view value) {
  switch (spec.kind) {
    case SettingKind::kText:
    case SettingKind::kSecret:
      return std::nullopt;
    case SettingKind::kBoolean:
      if (value == "true" || value == "false") return std::nullopt;
      return "is true or false";
    case SettingKind::kInteger: {
      const auto number = ParseInteger(value);
      if (number && *number >= spec.least && *number <= spec.most) return std::nullopt;
      return fmt::format("is a whole number from {} to {}", spec.least, spec.most);
    }
    case SettingKind::kChoice:
      if (std::ranges::find(spec.choices, value) != spec.choices.end()) return std::nullopt;
      return fmt::format("is one of {}", fmt::join(spec.choices, ", "));
  }
  return std::nullopt;
}

base::Result<Settings> Settings::Load(const std::map<std::string, std::string>& flags,
                                      const Environment& environment) {
  Settings settings;
  const auto lookup = [&](const SettingSpec& spec) -> std::optional<Value> {
    if (const auto flag = flags.find(std::string(spec.name)); flag != flags.end()) {
      return Value{&spec, flag->second, Origin::kFlag};
    }
    // An empty variable counts as not set: shells and unit files make those by accident.
    const char* variable = environment(std::string(spec.environment).c_str());
    if (variable != nullptr && *variable != '\0') {
      return Value{&spec, variable, Origin::kEnvironment};
    }
    return std::nullopt;
  };

  File file;
  if (const auto named = lookup(*FindSetting("config")); named && !named->text.empty()) {
    settings.file_ = named->text;
    if (std::error_code ignored; !std::filesystem::exists(settings.file_, ignored)) {
      return Fail(ErrorCode::kNotFound,
                  fmt::format("config ({}): no file '{}'", Describe(*named), named->text));
    }
  } else if (std::error_code ignored; std::filesystem::exists(kDefaultFile, ignored)) {
    settings.file_ = kDefaultFile;
  }
  if (!settings.file_.empty()) {
    TRY_ASSIGN(file, ReadFile(settings.file_));
  }

  for (const SettingSpec& spec : AllSettings()) {
    Value value{&spec, std::string(spec.default_value), Origin::kDefault};
    if (auto given = lookup(spec)) {
      value = *std::move(given);
    } else if (const auto entry = file.settings.find(std::string(spec.name));
               entry != file.settings.end()) {
      value = {&spec, entry->second, Origin::kFile};
    }
    if (const auto wrong = CheckSetting(spec, value.text)) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} ({}) {}, not '{}'", spec.name, Describe(value), *wrong,
                              spec.kind == SettingKind::kSecret ? "***" : value.text));
    }
    settings.values_.push_back(std::move(value));
  }
  settings.triggers_ = std::move(file.triggers);
  return settings;
}

const Settings::Value& Settings::Get(std::string_view name) const {
  const auto found = std::ranges::find(values_, name, [](const Value& v) { return v.spec->name; });
  assert(found != values_.end());
  return *found;
}

const std::string& Settings::Text(std::string_view name) const { return Get(name).text; }
int64_t Settings::Integer(std::string_view name) const { return *ParseInteger(Get(name).text); }
bool Settings::Boolean(std::string_view name) const { return Get(name).text == "true"; }

std::string Describe(const Settings::Value& value) {
  switch (value.origin) {
    case Settings::Origin::kDefault:
      return "default";
    case Settings::Origin::kFile:
      return "file";
    case Settings::Origin::kEnvironment:
      return fmt::format("environment {}", value.spec->environment);
    case Settings::Origin::kFlag:
      return fmt::format("flag --{}", value.spec->name);
  }
  return {};
}

std::string Masked(const Settings::Value& value) {
  if (value.spec->kind == SettingKind::kSecret) return value.text.empty() ? "" : "***";
  // scheme://user:password@host — the password ends at the last '@' before the path.
  const size_t scheme = value.text.find("://");
  if (scheme == std::string::npos) return value.text;
  const size_t path = value.text.find_first_of("/?#", scheme + 3);
  const size_t at = value.text.rfind('@', path);
  const size_t colon = value.text.find(':', scheme + 3);
  if (at == std::string::npos || colon == std::string::npos || colon > at) return value.text;
  return value.text.substr(0, colon + 1) + "***" + value.text.substr(at);
}

}  // namespace cruddur::app
