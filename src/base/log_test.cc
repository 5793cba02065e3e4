#include "base/log.h"

#include <gtest/gtest.h>

#include <cmath>

namespace cruddur::base {
namespace {

constexpr Micros kTime(1'679'651'101'561'513);

std::string Json(std::string_view event, std::initializer_list<LogField> fields) {
  return FormatLogLine(LogFormat::kJson, LogLevel::kInfo, kTime, event, fields);
}

std::string Text(std::string_view event, std::initializer_list<LogField> fields) {
  return FormatLogLine(LogFormat::kText, LogLevel::kWarn, kTime, event, fields);
}

class LogConfiguration : public ::testing::Test {
 protected:
  ~LogConfiguration() override { ConfigureLog(LogLevel::kInfo, LogFormat::kText); }
};

TEST(Log, WritesJsonWithTypedFields) {
  EXPECT_EQ(Json("listening", {{"port", int64_t{4567}},
                               {"host", "::1"},
                               {"tls", false},
                               {"seconds", 0.25},
                               {"ratio", std::nan("")}}),
            R"({"time":"2023-03-24T09:45:01.561513+00:00","level":"info","event":"listening",)"
            R"("port":4567,"host":"::1","tls":false,"seconds":0.25,"ratio":null})");
}

TEST(Log, WritesTextAndQuotesWhatNeedsIt) {
  EXPECT_EQ(Text("peer left", {{"address", "127.0.0.1"}, {"why", "broken \"pipe\""}, {"x", ""}}),
            "2023-03-24T09:45:01.561513+00:00 WARN peer left address=127.0.0.1 "
            "why=\"broken \\\"pipe\\\"\" x=\"\"");
}

TEST(Log, EscapesAnyBytes) {
  const struct {
    std::string_view bytes, json;
  } cases[] = {
      {"a\"b\\c", R"(a\"b\\c)"},
      {"line\nbreak\r\t", R"(line\nbreak\u000d\u0009)"},
      {std::string_view("nul\0!", 5), R"(nul\u0000!)"},
      {"\x7f\x1b", R"(\u007f\u001b)"},
      {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
      {"\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80"},
      {"\xff|\xc3", "\xef\xbf\xbd|\xef\xbf\xbd"},                // never valid; cut off
      {"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd"},                  // overlong
      {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},  // surrogate
      {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
      {"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},
  };
  for (const auto& c : cases) {
    const std::string want = "\"v\":\"" + std::string(c.json) + "\"}";
    EXPECT_TRUE(Json("e", {{"v", c.bytes}}).ends_with(want)) << Json("e", {{"v", c.bytes}});
  }
}

TEST(Log, AnEventStaysOneLineInBothFormats) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  for (const auto format : {LogFormat::kText, LogFormat::kJson}) {
    const std::string line = FormatLogLine(format, LogLevel::kError, kTime, all, {{all, all}});
    for (const char c : line) ASSERT_TRUE(static_cast<uint8_t>(c) >= 0x20 && c != 0x7f);
  }
}

TEST_F(LogConfiguration, WritesALineToStandardErrorAboveTheLevel) {
  ConfigureLog(LogLevel::kWarn, LogFormat::kJson);
  testing::internal::CaptureStderr();
  Log(LogLevel::kInfo, "not this");
  Log(LogLevel::kError, "but %s {} this", {{"n", int64_t{-1}}});
  const std::string out = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(out.starts_with("{\"time\":\"")) << out;
  EXPECT_TRUE(out.ends_with("\"level\":\"error\",\"event\":\"but %s {} this\",\"n\":-1}\n")) << out;
  EXPECT_EQ(out.find("not this"), std::string::npos);
}

TEST_F(LogConfiguration, OffSilencesErrors) {
  ConfigureLog(LogLevel::kOff, LogFormat::kText);
  EXPECT_FALSE(LogEnabled(LogLevel::kError));
  EXPECT_FALSE(LogEnabled(LogLevel::kOff));
}

TEST(Log, ParsesItsSettings) {
  EXPECT_EQ(ParseLogLevel("debug"), LogLevel::kDebug);
  EXPECT_EQ(ParseLogLevel("off"), LogLevel::kOff);
  EXPECT_EQ(ParseLogFormat("json"), LogFormat::kJson);
  EXPECT_EQ(ParseLogFormat("text"), LogFormat::kText);
  EXPECT_FALSE(ParseLogLevel("INFO"));
  EXPECT_FALSE(ParseLogFormat(""));
}

}  // namespace
}  // namespace cruddur::base
