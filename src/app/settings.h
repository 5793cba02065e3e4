// Every setting of Cruddur: one name, a default, and its value from a flag, an environment
// variable or a TOML file, in that order of precedence.
//
// The table in settings_table.cc is the whole truth: flags, --help, `cruddur config`, and the
// checks come from it. Constant after Load, then thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cruddur::app {

enum class SettingKind { kText, kSecret, kInteger, kBoolean, kChoice };

struct SettingSpec {
  std::string_view name;         // "dynamodb-port": flag --dynamodb-port, TOML key dynamodb-port
  std::string_view environment;  // "CRUDDUR_DYNAMODB_PORT"
  std::string_view default_value;
  SettingKind kind = SettingKind::kText;
  std::string_view help;
  int64_t least = 0, most = 0;              // kInteger
  std::vector<std::string_view> choices{};  // kChoice
};

std::span<const SettingSpec> AllSettings();
const SettingSpec* FindSetting(std::string_view name);

// Why `value` can't be the setting's; nullopt if it can.
std::optional<std::string> CheckSetting(const SettingSpec& spec, std::string_view value);

using Environment = std::function<const char*(const char* name)>;  // std::getenv, or a test's

// A [[trigger]] table of the file (app/triggers.h): its keys, each with its value or those of its
// list, as text.
struct TriggerTable {
  std::map<std::string, std::vector<std::string>> values;
  std::string where;  // "cruddur.toml:12"
};

class Settings {
 public:
  enum class Origin { kDefault, kFile, kEnvironment, kFlag };
  struct Value {
    const SettingSpec* spec = nullptr;
    std::string text;
    Origin origin = Origin::kDefault;
  };

  // `flags`: what the command line gave, by setting name. The file is the setting `config` (flag or
  // environment), else ./cruddur.toml where it exists. Errors are one line that names the setting
  // and where its value came from.
  static base::Result<Settings> Load(const std::map<std::string, std::string>& flags,
                                     const Environment& environment);

  const std::string& Text(std::string_view name) const;
  int64_t Integer(std::string_view name) const;
  bool Boolean(std::string_view name) const;

  const std::vector<Value>& values() const { return values_; }
  const std::string& file() const { return file_; }  // empty: none was read
  const std::vector<TriggerTable>& triggers() const { return triggers_; }

 private:
  const Value& Get(std::string_view name) const;

  std::vector<Value> values_;  // in the order of the table
  std::string file_;
  std::vector<TriggerTable> triggers_;
};

// "default", "file", "environment CRUDDUR_PORT", "flag --port".
std::string Describe(const Settings::Value& value);

// The text with what must not be shown replaced by "***": a secret as a whole, a URL's password.
std::string Masked(const Settings::Value& value);

}  // namespace cruddur::app
