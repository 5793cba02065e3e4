#include "app/settings.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace cruddur::app {
namespace {

using Variables = std::map<std::string, std::string>;

base::Result<Settings> Load(std::map<std::string, std::string> flags, Variables variables = {}) {
  return Settings::Load(flags, [&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

std::string FileWith(std::string_view text) {
  char path[] = "/tmp/cruddur_settings_XXXXXX";
  close(mkstemp(path));
  std::ofstream(path) << text;
  return path;
}

TEST(Settings, PreferFlagToEnvironmentToFileToDefault) {
  const std::string file = FileWith("port = 1\nhost = \"file\"\nthreads = 7\n");
  auto settings = Load({{"config", file}, {"port", "3"}},
                       {{"CRUDDUR_PORT", "2"}, {"CRUDDUR_HOST", "environment"}});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->Integer("port"), 3);
  EXPECT_EQ(settings->Text("host"), "environment");
  EXPECT_EQ(settings->Integer("threads"), 7);
  EXPECT_EQ(settings->Text("data"), "./data");
  EXPECT_EQ(Describe(settings->values()[3]), "flag --port");
  std::filesystem::remove(file);
}

TEST(Settings, NameTheUnknownKeyAndItsLine) {
  const std::string file = FileWith("port = 1\nprot = 2\n");
  auto settings = Load({{"config", file}});
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().message.find(":2: unknown setting 'prot'"), std::string::npos)
      << settings.error().message;
  std::filesystem::remove(file);
}

TEST(Settings, SayWhyAFileCannotBeRead) {
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"port = ", ":1: "},
           {"[port]\nx = 1\n", "'port' takes a text"},
           {"port = [1]\n", "'port' takes a text"},
           {"config = \"other.toml\"\n", "unknown setting 'config'"}}) {
    const std::string file = FileWith(text);
    auto settings = Load({{"config", file}});
    ASSERT_FALSE(settings) << text;
    EXPECT_NE(settings.error().message.find(expected), std::string::npos)
        << settings.error().message;
    std::filesystem::remove(file);
  }
  auto missing = Load({{"config", "/nonexistent/cruddur.toml"}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "config (flag --config): no file '/nonexistent/cruddur.toml'");
}

TEST(Settings, RefuseBadValuesInOneLineThatNamesThem) {
  struct Case {
    std::string name, value, message;
  };
  for (const Case& c : std::vector<Case>{
           {"port", "65536", "port (flag --port) is a whole number from 0 to 65535, not '65536'"},
           {"port", "", "port (flag --port) is a whole number from 0 to 65535, not ''"},
           {"port", "80x", "port (flag --port) is a whole number from 0 to 65535, not '80x'"},
           {"in-memory", "yes", "in-memory (flag --in-memory) is true or false, not 'yes'"},
           {"durability", "maybe",
            "durability (flag --durability) is one of sync, os, not 'maybe'"}}) {
    auto settings = Load({{c.name, c.value}});
    ASSERT_FALSE(settings) << c.name << '=' << c.value;
    EXPECT_EQ(settings.error().message, c.message);
  }
}

TEST(Settings, TakeAnEmptyVariableForUnset) {
  auto settings = Load({}, {{"CRUDDUR_PORT", ""}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->Integer("port"), 4567);
}

TEST(Settings, HideThePasswordOfAUrl) {
  const auto masked = [](std::string url) {
    return Masked({FindSetting("connection-url"), std::move(url), Settings::Origin::kFlag});
  };
  EXPECT_EQ(masked("postgresql://me:secret@db:5432/cruddur"),
            "postgresql://me:***@db:5432/cruddur");
  EXPECT_EQ(masked("postgresql://me:se@cr:et@db/x"), "postgresql://me:***@db/x");
  EXPECT_EQ(masked("postgresql://me@db/x?a=b:c@d"), "postgresql://me@db/x?a=b:c@d");
  EXPECT_EQ(masked("postgresql://db:5432/x"), "postgresql://db:5432/x");
  EXPECT_EQ(masked(""), "");
}

TEST(Settings, HaveNamesThatAreUniqueAndDefaultsThatPass) {
  std::map<std::string_view, int> names, variables;
  for (const SettingSpec& spec : AllSettings()) {
    EXPECT_EQ(++names[spec.name], 1) << spec.name;
    EXPECT_EQ(++variables[spec.environment], 1) << spec.environment;
    EXPECT_EQ(CheckSetting(spec, spec.default_value), std::nullopt) << spec.name;
  }
}

}  // namespace
}  // namespace cruddur::app
